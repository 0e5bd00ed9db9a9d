package io.vsmmu.vfiouser.pci;

/** The function's identity in its configuration space; its expansion ROM has the same. */
public final class PciIdentity {

  /**
   * The PCI-SIG never assigned 0x1234; emulated teaching devices use it. No driver binds to it with
   * device 0x0806, so no real device is impersonated. The range for experiments (1af4:10f0 to 10ff)
   * cannot be used: the virtio driver of a Linux guest probes every device of 1af4, and disables
   * bus mastering when it declines one.
   */
  public static final int VENDOR = 0x1234;

  public static final int DEVICE = 0x0806;

  static final int REVISION = 1;

  /**
   * Host bridge: base class 06, sub-class 00, programming interface 00. Linux leaves the BARs of a
   * host bridge where firmware placed them (drivers/pci/setup-bus.c, pdev_resources_assignable), so
   * the register frame stays at the address that the IORT contains. BARs of an IOMMU (08 06 00) are
   * moved.
   */
  public static final int CLASS_CODE = 0x06_00_00;

  private PciIdentity() {}
}
