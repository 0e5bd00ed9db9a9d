package io.vsmmu.vfiouser;

import io.vsmmu.posix.Fd;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The device behind a connection: a PCI function with registers in BAR0 that reads and writes the
 * memory of the guest.
 *
 * <p>All methods but {@link #work} are called by the thread that reads the connection and must not
 * wait: the guest's CPU stands still until a read is answered, and a VMM may hold its locks
 * meanwhile.
 */
public interface PciFunction {

  /** Bytes of BAR0: a power of two. */
  long barBytes();

  /** Bytes of the expansion ROM: a power of two of at least 2048; 0 when there is none. */
  int romBytes();

  /**
   * A VMM reads the expansion ROM, all of it and once, as a rule.
   *
   * @param offset from its beginning, in bytes
   * @param count bytes; the read ends within the ROM
   * @param into gets them, from index {@code at}
   */
  void readRom(int offset, int count, ByteBuffer into, int at);

  /**
   * A guest reads registers.
   *
   * @param offset from the beginning of BAR0, in bytes; the access ends within it
   * @param width 1, 2, 4 or 8 bytes
   * @return what it reads, in the lower {@code width} bytes
   */
  long readRegister(int offset, int width);

  /**
   * A guest writes registers.
   *
   * @param offset from the beginning of BAR0, in bytes; the access ends within it
   * @param width bytes; other than 1, 2, 4 and 8 for a write that no bus transfers as one: it is
   *     told once, with value 0
   * @param value what it writes, in the lower {@code width} bytes, the upper ones are 0
   */
  void writeRegister(int offset, int width, long value);

  /**
   * The VMM lets the function use memory of the guest.
   *
   * @param address in the guest, in bytes
   * @param size in bytes
   * @param offset where it begins in the descriptor's file, in bytes
   * @param descriptor of the memory, owned by the callee from now on; null when the VMM shares none
   * @return 0, or why not, as in {@link io.vsmmu.posix.Errno}
   */
  int mapMemory(
      long address,
      long size,
      boolean readable,
      boolean writable,
      long offset,
      @Nullable Fd descriptor);

  /**
   * The VMM takes memory away. With the return nothing reads or writes it any more.
   *
   * @param address in the guest, in bytes
   * @param size in bytes
   * @return 0, or why not, as in {@link io.vsmmu.posix.Errno}
   */
  int unmapMemory(long address, long size);

  /** The VMM takes all memory away, or is gone. */
  void unmapAllMemory();

  /** The VMM has negotiated itself: it is one that we understand. */
  default void negotiated() {}

  /** Whether the messages so far have left something to {@link #work}. */
  default boolean hasWork() {
    return false;
  }

  /**
   * Does what the messages so far have left. Unlike all others it may wait, for the VMM's memory
   * too: another thread reads messages meanwhile, and may call this as well.
   */
  default void work() {}

  /** No further message comes: who works need not wait for the guest any more. */
  default void ending() {}

  /** Back to what the function is after power-on; its memory stays. */
  void reset();

  /** Whether the function may read and write memory changed. */
  void mayAccessMemory(boolean on);
}
