package io.vsmmu.host.kernel;

import io.vsmmu.posix.DeviceCalls;
import io.vsmmu.posix.Fd;
import io.vsmmu.posix.Memfd;
import io.vsmmu.posix.PosixException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Guest memory with a context descriptor (IHI 0070, 5.4) whose translation table is empty: every
 * address gives F_TRANSLATION.
 */
final class ContextTables {

  static final long SIZE = 4 * 4096;

  /** Of the empty table from the beginning of the memory. */
  private static final long TABLE = 2 * 4096;

  private static final long T0SZ_39_BITS = 25;
  private static final long EPD1 = 1L << 30;
  private static final long VALID = 1L << 31;
  private static final long IPS_44_BITS = 4L << 32;
  private static final long AARCH64 = 1L << 41;
  private static final long RECORD_FAULTS = 1L << 45;
  private static final long ABORT_FAULTS = 1L << 46;

  private ContextTables() {}

  /** Word 0 of a context descriptor of 39 bits of addresses, 4 KiB granule. */
  static long word0() {
    return T0SZ_39_BITS | EPD1 | VALID | IPS_44_BITS | AARCH64 | RECORD_FAULTS | ABORT_FAULTS;
  }

  /**
   * Makes it.
   *
   * @param base guest-physical address of the memory, page aligned
   * @param contextPointer guest-physical address of the descriptor, within it
   */
  static Fd create(long base, long contextPointer) throws PosixException {
    Fd memory = Memfd.create("context tables", SIZE);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment words = arena.allocateFrom(ValueLayout.JAVA_LONG, word0(), base + TABLE);
      if (DeviceCalls.writeAt(memory, words, contextPointer - base) != words.byteSize()) {
        throw new IllegalStateException("no context descriptor written");
      }
    }
    return memory;
  }
}
