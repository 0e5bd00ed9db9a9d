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
 * The HWPT to which each device of a vSMMU is attached, and the HWPTs that no stream uses any more.
 */
final class DeviceAttachments {

  /** Logical handles of the HWPTs, by the handle of the bound device. */
  private final Map<Long, Long> hwpts = new HashMap<>();

  /**
   * HWPTs to destroy, each with the StreamID that it served. One that cannot be destroyed yet stays
   * for the next decision.
   */
  private final SequencedMap<Long, Integer> unused = new LinkedHashMap<>();

  /** Handle of the HWPT to which the device is attached; 0 when it is not attached. */
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

  /** The other devices of the same iommu group that are attached. */
  List<DeviceState> attachedGroupMembers(VsmmuState state, DeviceState device) {
    List<DeviceState> members = new ArrayList<>();
    for (DeviceState other : state.devices().values()) {
      if (other.streamId() != device.streamId()
          && other.device().group() == device.device().group()
          && isAttached(other)) {
        members.add(other);
      }
    }
    return members;
  }

  /**
   * Notes a nested HWPT that no stream uses any more; the proxies, which streams share, are not
   * noted.
   */
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

  /** Removes everything, because the host was closed. */
  void clear() {
    hwpts.clear();
    unused.clear();
  }
}
