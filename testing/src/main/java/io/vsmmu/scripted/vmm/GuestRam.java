package io.vsmmu.scripted.vmm;

import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** The memory of a scripted guest. */
final class GuestRam {

  private record Part(long address, MemorySegment memory) {}

  private final CopyOnWriteArrayList<Part> parts = new CopyOnWriteArrayList<>();

  void add(long address, MemorySegment memory) {
    parts.add(new Part(address, memory));
  }

  /** Memory of one part; empty when no part has all of it. */
  Optional<MemorySegment> at(long address, long count) {
    return parts.stream()
        .filter(part -> address >= part.address && count >= 0)
        .filter(part -> address - part.address <= part.memory.byteSize() - count)
        .map(part -> part.memory.asSlice(address - part.address, count))
        .findFirst();
  }
}
