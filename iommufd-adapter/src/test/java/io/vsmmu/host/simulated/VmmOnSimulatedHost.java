package io.vsmmu.host.simulated;

import io.vsmmu.host.ScriptedVmm;
import io.vsmmu.host.vmm.SharedIommufd;
import java.util.List;

/** A {@link ScriptedVmm} on the simulated host. */
final class VmmOnSimulatedHost implements ScriptedVmm {

  private final SimulatedVmm vmm;

  VmmOnSimulatedHost(SimulatedHost host) {
    this.vmm = host.vmm();
  }

  @Override
  public int bind(String address) {
    return vmm.bind(address);
  }

  @Override
  public int ioas() {
    return vmm.ioas();
  }

  @Override
  public int secondIoas() {
    return vmm.iommufd().allocIoas().value();
  }

  @Override
  public void attach(String address, int ptId) {
    vmm.attach(address, ptId).value();
  }

  @Override
  public void enableDma(String address) {
    vmm.enableDma(address);
  }

  @Override
  public void unplug(String address) {
    vmm.unplug(address);
  }

  @Override
  public SharedIommufd share(List<String> addresses) {
    return vmm.share(addresses);
  }

  @Override
  public SharedIommufd shareWith(ScriptedVmm other, String address) {
    return vmm.share(List.of(address));
  }

  @Override
  public void close() {
    vmm.close();
  }
}
