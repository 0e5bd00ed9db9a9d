package io.vsmmu.platform.vmm;

import io.vsmmu.platform.BuildResult;
import java.util.ArrayList;
import java.util.List;

/**
 * The StreamID that a device has if the guest keeps the bus numbers that the firmware assigned.
 *
 * @param vsmmu name of the vSMMU
 * @param hostAddress PCI address of the device on the host
 * @param streamId bus &lt;&lt; 8 | devfn
 */
public record ExpectedStream(String vsmmu, String hostAddress, int streamId) {

  /** The StreamIDs of all devices, ordered by vSMMU and slot. */
  public static BuildResult<List<ExpectedStream>> of(VmLayout layout) {
    return LayoutChecks.common(layout).orBuild(() -> streams(layout));
  }

  private static List<ExpectedStream> streams(VmLayout layout) {
    return layout.vsmmus().stream().flatMap(vsmmu -> of(vsmmu).stream()).toList();
  }

  /** The StreamIDs of the devices behind a vSMMU, ordered by slot. */
  static List<ExpectedStream> of(RootBusVsmmu vsmmu) {
    List<ExpectedStream> streams = new ArrayList<>();
    int bus = vsmmu.bus();
    for (AssignedDevice device : vsmmu.bySlot()) {
      bus++;
      streams.add(new ExpectedStream(vsmmu.name(), device.hostAddress(), bus << 8));
    }
    return List.copyOf(streams);
  }
}
