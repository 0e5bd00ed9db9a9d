package io.vsmmu.smmu.model;

import java.util.List;

/**
 * The logical handles of the objects that all devices of a vSMMU share; all 0 before the first
 * device. The objects stay when devices are detached, so that the physical SMMU stays that of the
 * first device; they are destroyed if the host refuses the first device.
 *
 * @param first handle of the IOAS; the others follow it in the order of the methods
 * @param physicalSmmu name of the SMMU that the vIOMMU belongs to; empty before the first device
 */
public record HostHandles(long first, String physicalSmmu) {

  public static final HostHandles NONE = new HostHandles(0, "");

  /** The number of shared objects. */
  public static final int COUNT = 6;

  /** Whether a device has been attached. */
  public boolean present() {
    return first != 0;
  }

  /** Whether the objects were made for this device, the first one. */
  boolean cameWith(DeviceState device) {
    return present() && device.deviceHandle() == first + COUNT;
  }

  /** Handles of all of them, users before what they use; none before the first device. */
  public List<Long> usersFirst() {
    return present()
        ? List.of(veventq(), bypassProxy(), abortProxy(), viommu(), nestingParent(), ioas())
        : List.of();
  }

  public long ioas() {
    return first;
  }

  public long nestingParent() {
    return at(1);
  }

  public long viommu() {
    return at(2);
  }

  public long abortProxy() {
    return at(3);
  }

  public long bypassProxy() {
    return at(4);
  }

  public long veventq() {
    return at(5);
  }

  private long at(int index) {
    return present() ? first + index : 0;
  }
}
