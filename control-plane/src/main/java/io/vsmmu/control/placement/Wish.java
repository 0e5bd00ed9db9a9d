package io.vsmmu.control.placement;

import io.vsmmu.control.vm.Machine;
import java.util.List;

/**
 * What is to be placed.
 *
 * @param vm name of the VM; its vSMMUs are named after it
 * @param devices PCI addresses of the host, in the order in which the guest shall have them
 * @param firstBus number of the first vSMMU's root bus, 1 to 255
 * @param controller what takes the MSIs
 * @param memoryMib guest memory, for command lines
 */
public record Wish(
    String vm, List<String> devices, int firstBus, Machine.Controller controller, long memoryMib) {

  public Wish {
    devices = List.copyOf(devices);
  }
}
