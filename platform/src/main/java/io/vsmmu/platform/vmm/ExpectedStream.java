package io.vsmmu.platform.vmm;

import io.vsmmu.platform.Outcome;
import java.util.ArrayList;
import java.util.List;

/**
 * The StreamID that a device gets when the guest keeps the firmware's bus numbers.
 *
 * @param vsmmu name of the vSMMU
 * @param hostAddress the host's device
 * @param streamId bus &lt;&lt; 8 | devfn
 */
public record ExpectedStream(String vsmmu, String hostAddress, int streamId) {

  /** One per device, by vSMMU and slot. */
  public static Outcome<List<ExpectedStream>> of(VmLayout layout) {
    return LayoutChecks.common(layout).orMake(() -> streams(layout));
  }

  private static List<ExpectedStream> streams(VmLayout layout) {
    return layout.vsmmus().stream().flatMap(vsmmu -> of(vsmmu).stream()).toList();
  }

  /** Those of a vSMMU, by slot. */
  static List<ExpectedStream> of(PlacedVsmmu vsmmu) {
    List<ExpectedStream> streams = new ArrayList<>();
    int bus = vsmmu.bus();
    for (AssignedDevice device : vsmmu.bySlot()) {
      bus++;
      streams.add(new ExpectedStream(vsmmu.name(), device.hostAddress(), bus << 8));
    }
    return List.copyOf(streams);
  }
}
