package io.vsmmu.smmu.model;

import io.vsmmu.smmu.event.MemoryMapped;
import io.vsmmu.smmu.event.MemoryUnmapped;
import io.vsmmu.smmu.event.VmmConnected;
import io.vsmmu.smmu.stimulus.Stimulus.UnmapMemory;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** The state after a VMM connected, disconnected, or shared guest memory. */
final class VmmEvolution {

  private VmmEvolution() {}

  static void connected(StateEdit edit, VmmConnected connected) {
    edit.vmm = edit.vmm.connected(connected.pid(), connected.uid());
    edit.memory = MemoryState.NO_REGIONS;
  }

  static void disconnected(StateEdit edit) {
    edit.vmm = edit.vmm.disconnected();
    edit.memory = MemoryState.NO_REGIONS;
  }

  static void mapped(StateEdit edit, MemoryMapped mapped) {
    if (mapped.kept()) {
      edit.memory =
          edit.memory.plus(
              mapped.address(),
              new MemoryState(
                  mapped.address(),
                  mapped.size(),
                  mapped.readable(),
                  mapped.writable(),
                  mapped.sharing(),
                  edit.events));
    }
  }

  static void unmapped(StateEdit edit, MemoryUnmapped unmapped) {
    UnmapMemory range = new UnmapMemory(unmapped.address(), unmapped.size());
    if (range.everything()) {
      edit.memory = MemoryState.NO_REGIONS;
    } else if (range.size() != 0) {
      edit.memory = edit.memory.minusAll(inside(edit.memory, range).keySet());
    }
  }

  /** The regions wholly inside a range, which is cut at 2^64. */
  private static Map<Long, MemoryState> inside(
      NavigableMap<Long, MemoryState> memory, UnmapMemory range) {
    long end = range.address() + range.size() - 1;
    long last = Long.compareUnsigned(end, range.address()) < 0 ? -1L : end;
    NavigableMap<Long, MemoryState> found =
        new TreeMap<>(memory.subMap(range.address(), true, last, true));
    // Regions do not overlap: only the last one may end outside.
    if (!found.isEmpty() && Long.compareUnsigned(found.lastEntry().getValue().last(), last) > 0) {
      found.pollLastEntry();
    }
    return found;
  }
}
