package io.vsmmu.control.placement;

import io.vsmmu.control.vm.Machine;
import java.util.List;

/**
 * A request for a layout.
 *
 * @param vm name of the VM; its vSMMUs are named after it
 * @param devices PCI addresses of the host, in the order in which the guest shall have them
 * @param firstBus number of the first vSMMU's root bus, 1 to 255
 * @param controller the interrupt controller that takes the MSIs
 * @param memoryMib the guest's memory in MiB, for command lines
 */
public record LayoutRequest(
    String vm, List<String> devices, int firstBus, Machine.Controller controller, long memoryMib) {

  public LayoutRequest {
    devices = List.copyOf(devices);
  }
}
