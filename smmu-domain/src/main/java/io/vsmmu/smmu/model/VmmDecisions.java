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
import java.util.NavigableMap;
import java.util.Optional;

/**
 * Decides when a VMM connects, disconnects, shares guest memory, or withdraws it.
 *
 * <p>If IDR0.MSI is AUTO, it follows the shared memory until the guest starts: with memory that can
 * be written without a message to the VMM, a guest may poll the completion of CMD_SYNC in memory
 * (IHI 0070, 4.7.3). Its value then stays until the VMM resets the machine, because the guest that
 * boots after that reads the ID registers again.
 */
final class VmmDecisions {

  private VmmDecisions() {}

  static Decision connect(VsmmuState state, ConnectVmm connect) {
    Draft draft = new Draft(state);
    draft.emit(new VmmConnected(connect.pid(), connect.uid()));
    HardwareQueueDecisions.closeWithoutMemory(draft);
    forgetMsi(draft, state);
    return draft.accepted();
  }

  static Decision disconnect(VsmmuState state, DisconnectVmm disconnect) {
    Draft draft = new Draft(state);
    draft.emit(new VmmDisconnected(Limits.cut(disconnect.reason())));
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

  /** Resolves IDR0.MSI again after the VMM has reset its machine. */
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

  /**
   * Whether a region is not empty, ends within 2^64, overlaps no other, and is not one too many.
   */
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

  /** IDR0.MSI becomes 0 again with the memory of the VMM that was connected before. */
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
}
