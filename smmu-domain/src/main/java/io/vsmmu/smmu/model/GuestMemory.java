package io.vsmmu.smmu.model;

import io.vsmmu.smmu.event.IdentityResolved;
import io.vsmmu.smmu.event.MemoryMapped;
import io.vsmmu.smmu.event.MemoryUnmapped;
import io.vsmmu.smmu.event.VmmConnected;
import io.vsmmu.smmu.event.VmmDisconnected;
import io.vsmmu.smmu.spec.OnOffAuto;
import io.vsmmu.smmu.stimulus.Stimulus.ConnectVmm;
import io.vsmmu.smmu.stimulus.Stimulus.DisconnectVmm;
import io.vsmmu.smmu.stimulus.Stimulus.MapMemory;
import io.vsmmu.smmu.stimulus.Stimulus.UnmapMemory;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The VMM comes and goes, and shares guest memory.
 *
 * <p>IDR0.MSI with AUTO follows it until the guest starts: with memory that can be written without
 * asking the VMM, a guest may poll the completion of CMD_SYNC in memory (IHI 0070, 4.7.3). What was
 * found stays until the VMM resets the machine: the guest that boots then reads the registers anew.
 */
final class GuestMemory {

  private GuestMemory() {}

  static Decision connect(VsmmuState state, ConnectVmm connect) {
    Draft draft = new Draft(state);
    draft.emit(new VmmConnected(connect.pid(), connect.uid()));
    HardwareQueueDecisions.closeWithoutMemory(draft);
    forgetMsi(draft, state);
    return draft.accepted();
  }

  static Decision disconnect(VsmmuState state, DisconnectVmm disconnect) {
    Draft draft = new Draft(state);
    draft.emit(new VmmDisconnected(cut(disconnect.reason())));
    HardwareQueueDecisions.closeWithoutMemory(draft);
    forgetMsi(draft, state);
    return draft.accepted();
  }

  static Decision map(VsmmuState state, MapMemory map) {
    Draft draft = new Draft(state);
    boolean kept = fits(state.memory(), map);
    draft.emit(
        new MemoryMapped(
            map.address(), map.size(), map.readable(), map.writable(), map.sharing(), kept));
    if (kept && map.writable() && map.sharing().direct()) {
      showMsi(draft, true);
    }
    return draft.accepted();
  }

  /** The VMM's machine begins anew. */
  static void reset(Draft draft) {
    VsmmuState state = draft.state();
    if (state.vmm().connected() && state.properties().msi() == OnOffAuto.AUTO) {
      resolve(draft, state.memory().values().stream().anyMatch(MemoryState::directlyWritable));
    }
  }

  static Decision unmap(VsmmuState state, UnmapMemory unmap) {
    Draft draft = new Draft(state);
    draft.emit(new MemoryUnmapped(unmap.address(), unmap.size()));
    HardwareQueueDecisions.closeWithoutMemory(draft);
    return draft.accepted();
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

  /** The regions wholly inside a range; one that goes beyond 2^64 ends there. */
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

  private static boolean fits(NavigableMap<Long, MemoryState> memory, MapMemory map) {
    long last = map.address() + map.size() - 1;
    if (map.size() == 0
        || Long.compareUnsigned(last, map.address()) < 0
        || memory.size() >= Limits.MEMORY_REGIONS) {
      return false;
    }
    return Optional.ofNullable(memory.floorEntry(last))
        .map(below -> Long.compareUnsigned(below.getValue().last(), map.address()) < 0)
        .orElse(true);
  }

  /** What a VMM's memory had shown goes with it. */
  private static void forgetMsi(Draft draft, VsmmuState before) {
    if (before.vmm().connected() || !before.memory().isEmpty()) {
      showMsi(draft, false);
    }
  }

  private static void showMsi(Draft draft, boolean msi) {
    VsmmuState state = draft.state();
    boolean open = state.properties().msi() == OnOffAuto.AUTO && !state.guestStarted();
    if (open) {
      resolve(draft, msi);
    }
  }

  private static void resolve(Draft draft, boolean msi) {
    if (draft.state().ids().msi() != msi) {
      draft.emit(new IdentityResolved(draft.state().ids().withMsi(msi)));
    }
  }

  /** Never within a character of two code units. */
  private static String cut(String reason) {
    if (reason.length() <= Limits.REASON_CHARS) {
      return reason;
    }
    boolean within = Character.isHighSurrogate(reason.charAt(Limits.REASON_CHARS - 1));
    return reason.substring(0, Limits.REASON_CHARS - (within ? 1 : 0));
  }
}
