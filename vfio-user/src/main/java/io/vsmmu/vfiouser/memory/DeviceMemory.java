package io.vsmmu.vfiouser.memory;

import java.util.OptionalInt;

/**
 * Guest RAM as the host devices behind a vSMMU reach it. A region that the VMM shows by messages
 * only is none of theirs: no device can ask a VMM.
 */
public interface DeviceMemory {

  /** For a vSMMU whose devices do no DMA of their own. */
  DeviceMemory NONE =
      new DeviceMemory() {
        @Override
        public int share(Region region, Bytes bytes) {
          return 0;
        }

        @Override
        public void unshare(Region region) {
          // Nothing was shared.
        }
      };

  /**
   * Where a region's bytes are. All of it stays as it is until the region is taken back.
   *
   * @param userAddress of its first byte in this process
   * @param descriptor of the memory's file, if the VMM passed one; owned by the gateway
   * @param offset of the first byte in that file
   */
  record Bytes(long userAddress, OptionalInt descriptor, long offset) {}

  /**
   * Devices reach the region from here on.
   *
   * @return 0, or the errno with which the host refuses, which the VMM gets
   */
  int share(Region region, Bytes bytes);

  /** Devices do not reach the region any more. */
  void unshare(Region region);
}
