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

  /** Whether an access of {@code bytes} bytes is within the memory. */
  boolean has(long address, long bytes) {
    return address >= base && address + bytes <= base + memory.byteSize();
  }

  /** Reads 32 bits with acquire semantics: earlier writes of their writer are visible then. */
  public int readInt(long address) {
    return (int) INT.getAcquire(memory, address - base);
  }

  /** Writes 32 bits with release semantics: a reader that sees them sees earlier writes too. */
  public void writeInt(long address, int value) {
    INT.setRelease(memory, address - base, value);
  }

  public void writeLong(long address, long value) {
    memory.set(LONG, address - base, value);
  }

  /** A copy of {@code count} bytes from guest-physical address {@code address} on. */
  public byte[] read(long address, int count) {
    VarHandle.acquireFence();
    return memory.asSlice(address - base, count).toArray(ValueLayout.JAVA_BYTE);
  }

  public void write(long address, byte[] bytes) {
    MemorySegment.copy(bytes, 0, memory, ValueLayout.JAVA_BYTE, address - base, bytes.length);
    VarHandle.releaseFence();
  }
}
