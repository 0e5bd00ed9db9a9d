package io.vsmmu.scripted.guest;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** The guest's own view of its RAM, by guest-physical address, little-endian. */
public final class RamView {

  private static final VarHandle INT =
      ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN).varHandle();
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final long base;
  private final MemorySegment memory;

  RamView(long base, MemorySegment memory) {
    this.base = base;
    this.memory = memory;
  }

  /** Whether an access of so many bytes stays within. */
  boolean has(long address, long bytes) {
    return address >= base && address + bytes <= base + memory.byteSize();
  }

  /** 32 bits, and all that was written before them. */
  public int readInt(long address) {
    return (int) INT.getAcquire(memory, address - base);
  }

  /** 32 bits, behind all that was written before. */
  public void writeInt(long address, int value) {
    INT.setRelease(memory, address - base, value);
  }

  /** 64 bits. */
  public void writeLong(long address, long value) {
    memory.set(LONG, address - base, value);
  }

  /** So many bytes. */
  public byte[] read(long address, int count) {
    VarHandle.acquireFence();
    return memory.asSlice(address - base, count).toArray(ValueLayout.JAVA_BYTE);
  }

  /** All bytes. */
  public void write(long address, byte[] bytes) {
    MemorySegment.copy(bytes, 0, memory, ValueLayout.JAVA_BYTE, address - base, bytes.length);
    VarHandle.releaseFence();
  }
}
