package io.vsmmu.simulation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * The files of a journal as the storage device has them: of what was written since the last
 * fdatasync(2), each page or sector may be there or not.
 */
final class DiskImage {

  private static final int SECTOR_BYTES = 512;
  private static final int PAGE_BYTES = 4096;

  /** Of a segment's header: where the identity of the boot and the checksum are. */
  private static final int BOOT_AT = 32;

  private static final int CRC_AT = 64;

  private final Path directory;
  private Map<String, byte[]> synced = new TreeMap<>();

  DiskImage(Path directory) {
    this.directory = directory;
  }

  /** All files have been synced. */
  void sync() {
    synced = contents();
  }

  /** The files after an end of the process; a failed system call ends it as SIGKILL does. */
  Map<String, byte[]> after(Trap.End how, SplittableRandom random) {
    return switch (how) {
      case KILL, CALL_FAILS -> afterKill();
      case POWER_LOSS -> afterLossOfPower(random);
    };
  }

  /** The files after SIGKILL: all that was written. */
  Map<String, byte[]> afterKill() {
    return contents();
  }

  /** The files after a loss of power, in another boot of the machine. */
  private Map<String, byte[]> afterLossOfPower(SplittableRandom random) {
    Map<String, byte[]> found = new TreeMap<>();
    double share = random.nextDouble();
    int unit = random.nextBoolean() ? SECTOR_BYTES : PAGE_BYTES;
    contents()
        .forEach(
            (name, now) -> {
              byte[] last = synced.getOrDefault(name, new byte[now.length]);
              byte[] old = last.length == now.length ? last : new byte[now.length];
              for (int at = 0; at < now.length; at += unit) {
                int end = Math.min(at + unit, now.length);
                if (!Arrays.equals(old, at, end, now, at, end) && random.nextDouble() < share) {
                  System.arraycopy(old, at, now, at, end - at);
                }
              }
              found.put(name, inAnotherBoot(now));
            });
    return found;
  }

  private static byte[] inAnotherBoot(byte[] segment) {
    ByteBuffer bytes = ByteBuffer.wrap(segment).order(ByteOrder.LITTLE_ENDIAN);
    if (segment.length > CRC_AT + Integer.BYTES && bytes.getInt(CRC_AT) == crc(segment)) {
      bytes.putLong(BOOT_AT, 1).putLong(BOOT_AT + Long.BYTES, 2).putInt(CRC_AT, crc(segment));
    }
    return segment;
  }

  private static int crc(byte[] segment) {
    CRC32C crc = new CRC32C();
    crc.update(segment, 0, CRC_AT);
    return (int) crc.getValue();
  }

  private Map<String, byte[]> contents() {
    Map<String, byte[]> contents = new TreeMap<>();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        if (Files.isRegularFile(file) && !file.endsWith("journal.lock")) {
          read(file, contents);
        }
      }
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
    return contents;
  }

  /** Spare files are deleted at any moment. */
  private static void read(Path file, Map<String, byte[]> into) throws IOException {
    try {
      into.put(file.getFileName().toString(), Files.readAllBytes(file));
    } catch (NoSuchFileException deleted) {
      // It holds nothing.
    }
  }

  static void write(Path directory, Map<String, byte[]> contents) {
    try {
      Files.createDirectories(directory);
      for (Map.Entry<String, byte[]> file : contents.entrySet()) {
        Files.write(directory.resolve(file.getKey()), file.getValue());
      }
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  static void delete(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      List<Path> all = files.sorted(Comparator.reverseOrder()).toList();
      for (Path file : all) {
        Files.deleteIfExists(file);
      }
    } catch (NoSuchFileException deleted) {
      // A spare file was deleted meanwhile.
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }
}
