package io.vsmmu.control.session;

import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.host.HostIommu;
import io.vsmmu.host.apply.VmSpace;
import io.vsmmu.smmu.model.VsmmuState;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * The host side of every VM that has a live vSMMU. A vSMMU that names no VM has one of its own.
 * Thread-safe.
 */
final class VmSpaces {

  /** A VM's part of the host, and the numbers of the vSMMUs that are in it. */
  private record Shared(VmSpace space, Set<Integer> vsmmus) {}

  private final HostIommu host;
  private final ConcurrentMap<String, Shared> spaces = new ConcurrentHashMap<>();

  VmSpaces(HostIommu host) {
    this.host = host;
  }

  /**
   * What the vSMMU shares with the others of its VM.
   *
   * @param vm as in {@link VsmmuState#vm()}
   */
  VmSpace of(RegisteredVsmmu vsmmu, String vm) {
    String owner = vm.isEmpty() ? "vsmmu-" + vsmmu.aggregateId() : "vm-" + vm;
    Shared shared =
        spaces.compute(
            owner,
            (name, known) -> {
              Shared there =
                  known == null ? new Shared(new VmSpace(host, name), new HashSet<>()) : known;
              there.vsmmus().add(vsmmu.id());
              return there;
            });
    return shared.space();
  }

  /** The vSMMU is gone, and with the last one of a VM what they shared. */
  void forget(RegisteredVsmmu vsmmu) {
    for (String owner : spaces.keySet()) {
      spaces.computeIfPresent(
          owner,
          (name, shared) ->
              shared.vsmmus().remove(vsmmu.id()) && shared.vsmmus().isEmpty() ? null : shared);
    }
  }

  /** All vSMMUs are back: what an earlier process left and nobody claimed goes. */
  void sweep() {
    spaces.values().forEach(shared -> shared.space().sweep());
  }
}
