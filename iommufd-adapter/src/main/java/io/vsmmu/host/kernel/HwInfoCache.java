package io.vsmmu.host.kernel;

import io.vsmmu.host.ConfigSpace;
import io.vsmmu.host.HwInfo;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Remembers what the kernel reported about devices. The kernel reports it for bound devices only,
 * and binding resets a device and fails while another process has it, so each device is bound for
 * this once for as long as vfio holds it. Thread-safe.
 */
final class HwInfoCache {

  /**
   * Identifies a device for as long as one driver holds it: its device file changes with the
   * driver.
   */
  private record Key(String address, Optional<String> deviceFile) {

    static Key of(PciDevice device) {
      return new Key(device.address(), device.deviceFile());
    }
  }

  /**
   * What the kernel reports about a bound device; the configuration space is empty when it cannot
   * be read.
   */
  record Probed(HwInfo info, Optional<ConfigSpace> space) {}

  private final Map<Key, Probed> known = new HashMap<>();

  synchronized void put(PciDevice device, Probed probed) {
    known.put(Key.of(device), probed);
  }

  synchronized Optional<Probed> of(PciDevice device) {
    return Optional.ofNullable(known.get(Key.of(device)));
  }

  /** Removes all devices except these. */
  synchronized void keepOnly(Collection<PciDevice> devices) {
    Set<Key> present = devices.stream().map(Key::of).collect(Collectors.toSet());
    known.keySet().retainAll(present);
  }
}
