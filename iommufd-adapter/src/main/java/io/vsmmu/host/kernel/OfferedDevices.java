package io.vsmmu.host.kernel;

import io.vsmmu.host.HostResult;
import io.vsmmu.host.uapi.VfioDevice;
import io.vsmmu.posix.Errno;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Devices that came as open descriptors and wait for being bound. Thread-safe. */
final class OfferedDevices {

  private final Map<String, VfioDevice> byAddress = new LinkedHashMap<>();

  /**
   * Keeps a device; an earlier offer of the same one is closed. ENFILE when there are {@link
   * KernelHostLimits#OFFERED_DEVICES} already, and then the device is closed.
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

  /** Gives the device away. */
  synchronized Optional<VfioDevice> take(String address) {
    return Optional.ofNullable(byAddress.remove(address));
  }

  /** Whether the device waits. */
  synchronized boolean has(String address) {
    return byAddress.containsKey(address);
  }

  /** Closes all. */
  synchronized void clear() {
    byAddress.values().forEach(VfioDevice::close);
    byAddress.clear();
  }
}
