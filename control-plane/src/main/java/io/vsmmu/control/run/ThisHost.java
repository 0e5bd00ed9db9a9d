package io.vsmmu.control.run;

import io.vsmmu.host.HostIommu;
import io.vsmmu.host.apply.VmSpace;
import io.vsmmu.host.apply.VsmmuHost;
import io.vsmmu.smmu.event.VsmmuEvent;
import java.util.Map;

/**
 * The service's own host, with devices of its own in the place of those that the log names. It
 * learns nothing: what it has not, it refuses.
 */
public final class ThisHost implements RunHost {

  private final HostIommu host;
  private final Map<String, String> devices;
  private VsmmuHost objects;

  /**
   * @param devices PCI addresses of the log, each with that of the device that takes its part here;
   *     one that is missing is taken by its own address
   */
  public ThisHost(HostIommu host, Map<String, String> devices) {
    this.host = host;
    this.devices = Map.copyOf(devices);
    this.objects = fresh();
  }

  private VsmmuHost fresh() {
    return new VsmmuHost(new VmSpace(host, devices));
  }

  @Override
  public void learn(VsmmuEvent event) {
    // It has what it has.
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
