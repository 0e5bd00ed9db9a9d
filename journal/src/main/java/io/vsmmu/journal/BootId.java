package io.vsmmu.journal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/** The identity of the machine's boot, which Linux chooses at random (drivers/char/random.c). */
final class BootId {

  private static final Path FILE = Path.of("/proc/sys/kernel/random/boot_id");

  private BootId() {}

  /**
   * The identity of this boot. Where the file cannot be read, an identity of this process: the
   * journal then counts on no entry of another process that was not synced.
   */
  static UUID current() {
    try {
      return UUID.fromString(Files.readString(FILE).strip());
    } catch (IOException | IllegalArgumentException unreadable) {
      return UUID.randomUUID();
    }
  }
}
