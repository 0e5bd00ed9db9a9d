package io.vsmmu.cli.doctor;

import io.vsmmu.host.Advice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Checks the resource limits of this process: memory that is pinned for devices, and open files.
 * The service inherits the same limits from the same shell; a unit of systemd has limits of its
 * own.
 */
final class LimitsCheck {

  /** Bytes. Guests have more RAM than this, and it is pinned while they have a device. */
  private static final long MEMORY = 1L << 30;

  /**
   * A VM needs an iommufd, a file for each device and vEVENTQ, and one for each region of its RAM.
   */
  private static final long FILES = 4096;

  /**
   * CAP_IPC_LOCK (include/uapi/linux/capability.h): with it, pinned memory is not counted against
   * the limit.
   */
  private static final int IPC_LOCK = 14;

  private static final int HEX = 16;
  private static final long MIB = 1L << 20;

  private final Path self;

  LimitsCheck(Path proc) {
    this.self = proc.resolve("self");
  }

  List<DoctorFinding> findings() {
    return List.of(memory(), files());
  }

  private DoctorFinding memory() {
    if (mayLock()) {
      return DoctorFinding.ok("memlock", "no limit for this process (CAP_IPC_LOCK)");
    }
    long bytes = limit("Max locked memory");
    if (bytes >= MEMORY) {
      return DoctorFinding.ok("memlock", bytes == Long.MAX_VALUE ? "unlimited" : text(bytes));
    }
    return DoctorFinding.note("memlock", text(bytes), Advice.RAISE_MEMLOCK_OF_SHELL.with());
  }

  private DoctorFinding files() {
    long files = limit("Max open files");
    return files >= FILES
        ? DoctorFinding.ok("nofile", files == Long.MAX_VALUE ? "unlimited" : String.valueOf(files))
        : DoctorFinding.note("nofile", String.valueOf(files), Advice.RAISE_FILES_OF_SHELL.with());
  }

  private static String text(long bytes) {
    return bytes / MIB + " MiB";
  }

  private boolean mayLock() {
    return find("status", "(?m)^CapEff:\\s+(\\p{XDigit}{1,16})$")
        .map(mask -> (Long.parseUnsignedLong(mask, HEX) >>> IPC_LOCK & 1) == 1)
        .orElse(false);
  }

  /** The soft limit; {@link Long#MAX_VALUE} for none, 0 when it cannot be read. */
  private long limit(String name) {
    return find("limits", "(?m)^%s\\s+(\\d{1,18}|unlimited)\\s".formatted(Pattern.quote(name)))
        .map(text -> text.equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(text))
        .orElse(0L);
  }

  private Optional<String> find(String file, String pattern) {
    try {
      Matcher matcher = Pattern.compile(pattern).matcher(Files.readString(self.resolve(file)));
      return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
    } catch (IOException absent) {
      return Optional.empty();
    }
  }
}
