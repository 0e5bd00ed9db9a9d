package io.vsmmu.host.kernel;

import io.vsmmu.host.HostResult;
import io.vsmmu.host.uapi.VfioDevice;
import io.vsmmu.posix.Errno;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Devices that other processes opened and handed over by descriptor, until they are bound.
 * Thread-safe.
 */
final class OfferedDevices {

  private final Map<String, VfioDevice> byAddress = new LinkedHashMap<>();

  /**
   * Keeps a device, and closes an earlier file of the same device. ENFILE when {@link
   * KernelHostLimits#OFFERED_DEVICES} devices wait already; the device is closed then.
   */
  synchronized HostResult<String> put(String address, VfioDevice device) {
    boolean full =
        byAddress.size() >= KernelHostLimits.OFFERED_DEVICES && !byAddress.containsKey(address);
    if (full) {
      device.close();
      return HostResult.refused(Errno.ENFILE);
    }
    VfioDevice earlier = byAddress.put(address, device);
    if (earlier != null) {
      earlier.close();
    }
    return HostResult.ok(address);
  }

  /** Removes the device; the caller owns its file from here on. */
  synchronized Optional<VfioDevice> take(String address) {
    return Optional.ofNullable(byAddress.remove(address));
  }

  synchronized boolean has(String address) {
    return byAddress.containsKey(address);
  }

  synchronized void clear() {
    byAddress.values().forEach(VfioDevice::close);
    byAddress.clear();
  }
}
