package io.vsmmu.platform.vmm;

import java.util.Comparator;
import java.util.List;

/**
 * A vSMMU that translates for the devices of a PCI Express root bus of its own.
 *
 * @param name name of the vSMMU in the service
 * @param socket absolute path of its vfio-user socket
 * @param bus number of the root bus, 1 to 255; the bus of the n-th device by slot, from 0, is bus +
 *     1 + n
 * @param options the features that the guest sees
 * @param devices the devices, each in a root port of its own
 */
public record RootBusVsmmu(
    String name, String socket, int bus, SmmuOptions options, List<AssignedDevice> devices) {

  public RootBusVsmmu {
    devices = List.copyOf(devices);
  }

  /** The devices in the order in which firmware numbers their buses. */
  List<AssignedDevice> bySlot() {
    return devices.stream().sorted(Comparator.comparingInt(AssignedDevice::slot)).toList();
  }

  /** The highest bus number of its devices, each of which has a bus of its own. */
  int lastBus() {
    return bus + devices.size();
  }
}
