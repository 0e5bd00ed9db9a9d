package io.vsmmu.control.session;

import io.vsmmu.db.log.Vsmmu;
import io.vsmmu.host.HostIommu;
import io.vsmmu.host.apply.VmSpace;
import io.vsmmu.smmu.model.VsmmuState;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** The host side of every VM. A vSMMU that names no VM has one of its own. Thread-safe. */
final class VmSpaces {

  private final HostIommu host;
  private final ConcurrentMap<String, VmSpace> spaces = new ConcurrentHashMap<>();

  VmSpaces(HostIommu host) {
    this.host = host;
  }

  /**
   * What the vSMMU shares with the others of its VM.
   *
   * @param vm as in {@link VsmmuState#vm()}
   */
  VmSpace of(Vsmmu vsmmu, String vm) {
    return vm.isEmpty() ? new VmSpace(host) : spaces.computeIfAbsent(vm, name -> new VmSpace(host));
  }
}
