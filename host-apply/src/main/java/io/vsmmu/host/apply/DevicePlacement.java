package io.vsmmu.host.apply;

import io.vsmmu.smmu.model.DeviceState;
import io.vsmmu.smmu.model.HostHandles;
import io.vsmmu.smmu.model.VsmmuState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * Which HWPT each device is attached to, and which HWPTs nobody needs any more; as long as the
 * vSMMU has a host.
 */
final class DevicePlacement {

  /** Logical handles: bound device to HWPT. */
  private final Map<Long, Long> hwpts = new HashMap<>();

  /** HWPTs to destroy, with the StreamID they served. One that could not be goes next time. */
  private final SequencedMap<Long, Integer> unused = new LinkedHashMap<>();

  /** Handle of the HWPT the device is attached to; 0 when it is attached to none. */
  long hwptOf(DeviceState device) {
    return hwpts.getOrDefault(device.deviceHandle(), 0L);
  }

  boolean isAttached(DeviceState device) {
    return hwpts.containsKey(device.deviceHandle());
  }

  boolean isUsed(long hwpt) {
    return hwpts.containsValue(hwpt);
  }

  void attached(DeviceState device, long hwpt) {
    hwpts.put(device.deviceHandle(), hwpt);
  }

  void detached(long deviceHandle) {
    hwpts.remove(deviceHandle);
  }

  /** The devices of the same iommu group that are attached, without {@code device} itself. */
  List<DeviceState> attachedMates(VsmmuState state, DeviceState device) {
    List<DeviceState> mates = new ArrayList<>();
    for (DeviceState other : state.devices().values()) {
      if (other.streamId() != device.streamId()
          && other.device().group() == device.device().group()
          && isAttached(other)) {
        mates.add(other);
      }
    }
    return mates;
  }

  /** Notes a nested HWPT that the log has no use for; the shared proxies stay. */
  void unused(HostHandles shared, long hwpt, int streamId) {
    if (isNested(shared, hwpt)) {
      unused.putIfAbsent(hwpt, streamId);
    }
  }

  static boolean isNested(HostHandles shared, long hwpt) {
    return hwpt != 0 && hwpt != shared.abortProxy() && hwpt != shared.bypassProxy();
  }

  SequencedMap<Long, Integer> unused() {
    return unused;
  }

  /** Nothing is attached any more: the host was closed. */
  void clear() {
    hwpts.clear();
    unused.clear();
  }
}
