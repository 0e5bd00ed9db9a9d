package io.vsmmu.host.vmm;

/** Limits of iommufds that a VMM owns. */
public final class VmmOwnedLimits {

  /** Most devices of one VMM; a further device file is refused with ENFILE. */
  public static final int DEVICES = 64;

  /**
   * Ids that are examined for a VMM's objects, from 1. The kernel gives out the lowest free id, so
   * the objects of a VMM with {@link #DEVICES} devices, an HWPT for each, and those of this process
   * stay far below. An object beyond is not found.
   */
  static final int IDS = 512;

  /**
   * Ids that are occupied while an experiment shows whether a device's file is bound to this
   * iommufd. A file that is bound to another iommufd interprets the id of the attached HWPT there,
   * and so high an id names no object of it.
   */
  static final int SPARE_IDS = 64;

  /** Most ids that are occupied to be given a certain id above them; beyond, another id is used. */
  static final int IDS_BELOW = 64;

  private VmmOwnedLimits() {}
}
