package io.vsmmu.vfiouser.memory;

import java.util.OptionalInt;

/**
 * Makes guest RAM accessible to host devices that do DMA for the guest. A region of {@link
 * BackingKind#MESSAGES} is never passed to it: a device cannot send messages to a VMM.
 */
public interface DeviceDmaMapping {

  /** For a function without host devices. */
  DeviceDmaMapping NONE =
      new DeviceDmaMapping() {
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
   * The bytes of a region. They stay valid until {@link #unshare} of the region.
   *
   * @param userAddress address of the first byte in this process
   * @param descriptor of the memory's file, if the VMM sent one; the callee must not close it
   * @param offset of the first byte in that file
   */
  record Bytes(long userAddress, OptionalInt descriptor, long offset) {}

  /**
   * Lets devices access the region.
   *
   * @return 0, or the errno with which the host refuses; the VMM receives it
   */
  int share(Region region, Bytes bytes);

  /** Ends the devices' access to the region. */
  void unshare(Region region);
}
