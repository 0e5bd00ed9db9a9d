package io.vsmmu.vfiouser;

import io.vsmmu.posix.Fd;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The device behind a connection: a PCI function with registers in BAR0 that reads and writes the
 * memory of the guest.
 *
 * <p>All methods but {@link #work} are called by the connection's leader, under its lock, and must
 * not wait: the guest's CPU stands still until a read is answered, and a VMM may hold its own locks
 * meanwhile.
 */
public interface PciFunction {

  /** The size of BAR0 in bytes: a power of two of at least 16. */
  long barBytes();

  /** The size of the expansion ROM in bytes: a power of two of at least 2048; 0 for no ROM. */
  int romBytes();

  /**
   * Reads the expansion ROM. VMMs read it once and whole, as a rule.
   *
   * @param offset from the beginning of the ROM, in bytes
   * @param count bytes; the read ends within the ROM
   * @param into receives them, from index {@code at}
   */
  void readRom(int offset, int count, ByteBuffer into, int at);

  /**
   * Reads registers for the guest.
   *
   * @param offset from the beginning of BAR0, in bytes; the access ends within it
   * @param width 1, 2, 4 or 8 bytes
   * @return the value in the lower {@code width} bytes
   */
  long readRegister(int offset, int width);

  /**
   * Writes registers for the guest.
   *
   * @param offset from the beginning of BAR0, in bytes; the access ends within it
   * @param width bytes. A width other than 1, 2, 4 and 8 is none that a bus transfers as one
   *     access; the method is then called once, with value 0
   * @param value the value in the lower {@code width} bytes; the upper ones are 0
   */
  void writeRegister(int offset, int width, long value);

  /**
   * Lets the function access a region of guest memory.
   *
   * @param address guest-physical, in bytes, unsigned
   * @param size in bytes, unsigned
   * @param offset of the region in the descriptor's file, in bytes
   * @param descriptor of the memory, owned by the function from now on; null when the VMM sent none
   * @return 0, or the errno that the VMM receives, as in {@link io.vsmmu.posix.Errno}
   */
  int mapMemory(
      long address,
      long size,
      boolean readable,
      boolean writable,
      long offset,
      @Nullable Fd descriptor);

  /**
   * Takes back the regions of a range. After the return nothing reads or writes them any more.
   *
   * @param address guest-physical, in bytes, unsigned
   * @param size in bytes, unsigned
   * @return 0, or the errno that the VMM receives, as in {@link io.vsmmu.posix.Errno}
   */
  int unmapMemory(long address, long size);

  /** Takes back all memory: the VMM demands it, or its connection is over. */
  void unmapAllMemory();

  /** Called once, when a VERSION of the VMM has been accepted. */
  default void negotiated() {}

  /** Whether the messages so far have left something for {@link #work}. */
  default boolean hasWork() {
    return false;
  }

  /**
   * Does what the messages so far have left. Unlike all other methods it may wait, for guest memory
   * by messages too: the other thread reads messages meanwhile, and may call this method as well.
   */
  default void work() {}

  /** Called when no further message is read: a thread in {@link #work} must not wait for one. */
  default void connectionEnding() {}

  /** Resets the function to its state after power-on; its memory stays mapped. */
  void reset();

  /**
   * Called when the function may access guest memory from now on, MSIs included, or must not any
   * more: see {@link io.vsmmu.vfiouser.pci.EmulatedConfigSpace#mayAccessMemory}.
   */
  void memoryAccessChanged(boolean allowed);
}
