package io.vsmmu.host.vmm;

/** The bounds of this package. */
public final class VmmLimits {

  /** Devices of one VMM. */
  public static final int DEVICES = 64;

  /**
   * Ids that are looked at for a VMM's objects. The kernel gives the lowest free one, so a VMM with
   * {@link #DEVICES} devices, an HWPT for each and what we make stays far below.
   */
  static final int IDS = 512;

  /**
   * Ids that are kept from use while a device's file is tried. A file that is bound to another
   * iommufd takes the id that it is given for one of that iommufd, where so high a number names
   * nothing.
   */
  static final int SPARE_IDS = 64;

  /** Ids below a wanted one that are taken until it is given; then another id has to do. */
  static final int IDS_BELOW = 64;

  private VmmLimits() {}
}
