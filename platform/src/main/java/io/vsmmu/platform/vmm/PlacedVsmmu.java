package io.vsmmu.platform.vmm;

import java.util.Comparator;
import java.util.List;

/**
 * A vSMMU in front of a PCI Express root bus of its own.
 *
 * @param name the vSMMU's name in the service
 * @param socket absolute path of its vfio-user socket
 * @param bus number of the root bus, 1 to 255; device number n gets bus + 1 + n, by slot
 * @param options what it shows
 * @param devices behind it, each in a root port of its own
 */
public record PlacedVsmmu(
    String name, String socket, int bus, SmmuOptions options, List<AssignedDevice> devices) {

  public PlacedVsmmu {
    devices = List.copyOf(devices);
  }

  /** In the order in which firmware numbers their buses. */
  List<AssignedDevice> bySlot() {
    return devices.stream().sorted(Comparator.comparingInt(AssignedDevice::slot)).toList();
  }

  /** The highest bus number behind it: each device has a bus of its own. */
  int lastBus() {
    return bus + devices.size();
  }
}
