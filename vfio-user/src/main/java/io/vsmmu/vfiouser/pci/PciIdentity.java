package io.vsmmu.vfiouser.pci;

/** Who the function says that it is; its expansion ROM says the same. */
public final class PciIdentity {

  /**
   * 0x1234 was never given to anybody by the PCI-SIG and is what emulated teaching devices use, no
   * driver binds to the pair with 0x0806, and so no real device is impersonated; the range that
   * exists for experiments (1af4:10f0 to 10ff) is out because the virtio driver of a Linux guest
   * probes all of 1af4 and switches bus mastering off when it declines.
   */
  public static final int VENDOR = 0x1234;

  public static final int DEVICE = 0x0806;

  static final int REVISION = 1;

  /**
   * Host bridge: base class 06, sub-class 00, programming interface 00. Linux leaves the BARs of a
   * host bridge where firmware placed them (drivers/pci/setup-bus.c, pdev_resources_assignable),
   * and so the register frame where the IORT says that it is. BARs of an IOMMU (08 06 00) are
   * moved.
   */
  public static final int CLASS_CODE = 0x06_00_00;

  private PciIdentity() {}
}
