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
 * The {@link VmSpace} of every VM with a live vSMMU. A vSMMU that names no VM has one of its own.
 * Thread-safe.
 */
final class VmSpaces {

  /** The space of a VM, and the numbers of its vSMMUs. */
  private record SharedSpace(VmSpace space, Set<Integer> vsmmus) {}

  private final HostIommu host;
  private final ConcurrentMap<String, SharedSpace> spaces = new ConcurrentHashMap<>();

  VmSpaces(HostIommu host) {
    this.host = host;
  }

  /**
   * The space of a vSMMU's VM; made if it does not exist.
   *
   * @param vm as in {@link VsmmuState#vm()}
   */
  VmSpace of(RegisteredVsmmu vsmmu, String vm) {
    String owner = vm.isEmpty() ? "vsmmu-" + vsmmu.aggregateId() : "vm-" + vm;
    SharedSpace shared =
        spaces.compute(
            owner,
            (name, known) -> {
              SharedSpace there =
                  known == null ? new SharedSpace(new VmSpace(host, name), new HashSet<>()) : known;
              there.vsmmus().add(vsmmu.id());
              return there;
            });
    return shared.space();
  }

  /** Removes a vSMMU; with the last one of its VM the space is removed too. */
  void forget(RegisteredVsmmu vsmmu) {
    for (String owner : spaces.keySet()) {
      spaces.computeIfPresent(
          owner,
          (name, shared) ->
              shared.vsmmus().remove(vsmmu.id()) && shared.vsmmus().isEmpty() ? null : shared);
    }
  }

  /** Destroys host objects of an earlier process that no vSMMU uses; after all are recovered. */
  void sweep() {
    spaces.values().forEach(shared -> shared.space().sweep());
  }
}
