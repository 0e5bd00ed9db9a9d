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
 * What this process may have: memory that is pinned for devices, and open files. The service has
 * the same when it is started from the same place; a unit of systemd has its own.
 */
final class LimitsCheck {

  /** Guests have more RAM than this; it is pinned while a device is theirs. */
  private static final long MEMORY = 1L << 30;

  /** A VM needs an iommufd, a file for each device and vEVENTQ, one for each piece of its RAM. */
  private static final long FILES = 4096;

  /** CAP_IPC_LOCK (include/uapi/linux/capability.h): what is pinned is not counted. */
  private static final int IPC_LOCK = 14;

  private static final int HEX = 16;
  private static final long MIB = 1L << 20;

  private final Path self;

  LimitsCheck(Path proc) {
    this.self = proc.resolve("self");
  }

  List<Finding> findings() {
    return List.of(memory(), files());
  }

  private Finding memory() {
    if (mayLock()) {
      return Finding.ok("memlock", "no limit for this process (CAP_IPC_LOCK)");
    }
    long bytes = limit("Max locked memory");
    if (bytes >= MEMORY) {
      return Finding.ok("memlock", bytes == Long.MAX_VALUE ? "unlimited" : text(bytes));
    }
    return Finding.note("memlock", text(bytes), Advice.RAISE_MEMLOCK_OF_SHELL.with());
  }

  private Finding files() {
    long files = limit("Max open files");
    return files >= FILES
        ? Finding.ok("nofile", files == Long.MAX_VALUE ? "unlimited" : String.valueOf(files))
        : Finding.note("nofile", String.valueOf(files), Advice.RAISE_FILES_OF_SHELL.with());
  }

  private static String text(long bytes) {
    return bytes / MIB + " MiB";
  }

  private boolean mayLock() {
    return find("status", "(?m)^CapEff:\\s+(\\p{XDigit}{1,16})$")
        .map(mask -> (Long.parseUnsignedLong(mask, HEX) >>> IPC_LOCK & 1) == 1)
        .orElse(false);
  }

  /** The soft limit; 0 when nothing tells it. */
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
