package io.vsmmu.differential;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** The guest memory of one machine, by guest-physical address, little-endian. */
final class MachineRam {

  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final MemorySegment memory;

  /** RAM whose first byte is at {@link GuestMemoryMap#RAM}. */
  MachineRam(MemorySegment memory) {
    this.memory = memory;
  }

  long readLong(long address) {
    return memory.get(LONG, address - GuestMemoryMap.RAM);
  }

  void writeLong(long address, long value) {
    memory.set(LONG, address - GuestMemoryMap.RAM, value);
  }

  byte[] read(long address, int count) {
    return memory.asSlice(address - GuestMemoryMap.RAM, count).toArray(ValueLayout.JAVA_BYTE);
  }

  void write(long address, byte[] bytes) {
    MemorySegment.copy(
        bytes, 0, memory, ValueLayout.JAVA_BYTE, address - GuestMemoryMap.RAM, bytes.length);
  }

  /** Fills the part that programs use with zeros. */
  void clearArena() {
    arena().fill((byte) 0);
  }

  /** The address of the first byte of the arena that differs from another memory's, or -1. */
  long firstDifference(MachineRam other) {
    long at = arena().mismatch(other.arena());
    return at < 0 ? -1 : GuestMemoryMap.ARENA + at;
  }

  private MemorySegment arena() {
    return memory.asSlice(GuestMemoryMap.ARENA - GuestMemoryMap.RAM, GuestMemoryMap.ARENA_BYTES);
  }
}
