package io.vsmmu.differential;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** One side's guest memory, by guest-physical address, little-endian. */
final class Ram {

  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final MemorySegment memory;

  /** The memory from {@link Layout#RAM} on. */
  Ram(MemorySegment memory) {
    this.memory = memory;
  }

  long readLong(long address) {
    return memory.get(LONG, address - Layout.RAM);
  }

  void writeLong(long address, long value) {
    memory.set(LONG, address - Layout.RAM, value);
  }

  byte[] read(long address, int count) {
    return memory.asSlice(address - Layout.RAM, count).toArray(ValueLayout.JAVA_BYTE);
  }

  void write(long address, byte[] bytes) {
    MemorySegment.copy(bytes, 0, memory, ValueLayout.JAVA_BYTE, address - Layout.RAM, bytes.length);
  }

  /** Zeroes what programs use. */
  void clearArena() {
    arena().fill((byte) 0);
  }

  /** The address of the first byte of the arena that differs from another memory's, or -1. */
  long firstDifference(Ram other) {
    long at = arena().mismatch(other.arena());
    return at < 0 ? -1 : Layout.ARENA + at;
  }

  private MemorySegment arena() {
    return memory.asSlice(Layout.ARENA - Layout.RAM, Layout.ARENA_BYTES);
  }
}
