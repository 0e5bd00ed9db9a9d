package io.vsmmu.control.offline;

import io.vsmmu.host.HostIommu;
import io.vsmmu.host.apply.VmSpace;
import io.vsmmu.host.apply.VsmmuHost;
import io.vsmmu.smmu.event.VsmmuEvent;
import java.util.Map;

/**
 * The host of the service, with its devices as substitutes for those that the log names. It cannot
 * be changed: it refuses devices that it does not have.
 */
public final class LocalReplayHost implements ReplayHost {

  private final HostIommu host;
  private final Map<String, String> devices;
  private VsmmuHost objects;

  /**
   * @param devices PCI addresses of the log, each with that of its substitute; an address that is
   *     missing stands for itself
   */
  public LocalReplayHost(HostIommu host, Map<String, String> devices) {
    this.host = host;
    this.devices = Map.copyOf(devices);
    this.objects = fresh();
  }

  private VsmmuHost fresh() {
    return new VsmmuHost(new VmSpace(host, devices));
  }

  @Override
  public void prepare(VsmmuEvent event) {
    // The devices of this machine cannot be changed.
  }

  @Override
  public VsmmuHost objects() {
    return objects;
  }

  @Override
  public void restart() {
    objects.close();
    objects = fresh();
  }

  @Override
  public void close() {
    objects.close();
  }
}
