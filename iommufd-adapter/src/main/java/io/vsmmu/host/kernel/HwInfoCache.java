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
 * What was learnt of devices. Asking binds a device, which resets it and is refused while somebody
 * else has it, so each device is asked once for as long as vfio holds it. Thread-safe.
 */
final class HwInfoCache {

  /** A device for as long as one driver holds it. */
  private record Key(String address, Optional<String> deviceFile) {

    static Key of(PciDevice device) {
      return new Key(device.address(), device.deviceFile());
    }
  }

  /** What a bound device says of itself. */
  record Learnt(HwInfo info, Optional<ConfigSpace> space) {}

  private final Map<Key, Learnt> known = new HashMap<>();

  synchronized void learn(PciDevice device, Learnt learnt) {
    known.put(Key.of(device), learnt);
  }

  synchronized Optional<Learnt> of(PciDevice device) {
    return Optional.ofNullable(known.get(Key.of(device)));
  }

  /** Forgets all devices but these. */
  synchronized void keepOnly(Collection<PciDevice> devices) {
    Set<Key> present = devices.stream().map(Key::of).collect(Collectors.toSet());
    known.keySet().retainAll(present);
  }
}
