package io.vsmmu.bench;

import io.vsmmu.posix.DeviceCalls;
import io.vsmmu.posix.Errno;
import io.vsmmu.posix.Fd;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;

/** The reference for a synced append: pwrite(2) and fdatasync(2) of a file whose blocks exist. */
final class RawSyncs {

  private static final int FILE_BYTES = 16 << 20;

  private final Path file;

  /**
   * Writes the file as a whole once, as a journal does with its segments.
   *
   * @param file is made
   */
  RawSyncs(Path file) throws IOException {
    this.file = file;
    Files.write(file, new byte[FILE_BYTES]);
    try (Fd fd = DeviceCalls.open(file)) {
      check(DeviceCalls.syncData(fd));
    }
  }

  /** Nanoseconds of writes of one payload behind the other, each with its sync. */
  long[] nanos(byte[] payload, int times) throws IOException {
    long[] nanos = new long[times];
    try (Fd fd = DeviceCalls.open(file);
        Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = arena.allocate(payload.length);
      bytes.copyFrom(MemorySegment.ofArray(payload));
      for (int i = 0; i < times; i++) {
        long offset = (long) i * payload.length % (FILE_BYTES - payload.length);
        long start = System.nanoTime();
        check(DeviceCalls.writeAt(fd, bytes, offset));
        check(DeviceCalls.syncData(fd));
        nanos[i] = System.nanoTime() - start;
      }
    }
    return nanos;
  }

  private static void check(long result) throws IOException {
    if (result < 0) {
      throw new IOException(Errno.text((int) -result));
    }
  }
}
