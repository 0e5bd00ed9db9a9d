package io.vsmmu.platform.vmm;

import io.vsmmu.platform.Refusals;

/**
 * What a domain may need of libvirt, and the first release that has it. Source: "Since" of each
 * element and attribute in libvirt's own formatdomain page (libvirt 12.9).
 */
public enum LibvirtFeature {
  /** memoryBacking with source type memfd. */
  MEMFD("memoryBacking/source memfd", 4, 10),
  /** iommu devices with the bus that they are in front of. */
  PCI_BUS("iommu/driver pciBus", 11, 10),
  /** Host devices through iommufd. */
  IOMMUFD("hostdev/driver iommufd", 12, 1),
  /** An iommufd that a client associated with the domain (virDomainFDAssociate). */
  FD_GROUP("iommufd fdgroup", 12, 2),
  /** The host's SMMU translates; ats, ril, oas, ssidsize and cmdqv came with it. */
  ACCEL("iommu/driver accel", 12, 7);

  /** The release that domains are written for unless another one is named: the first with ACCEL. */
  public static final VmmVersion USUAL = ACCEL.since();

  private final String element;
  private final VmmVersion since;

  LibvirtFeature(String element, int major, int minor) {
    this.element = element;
    this.since = new VmmVersion(major, minor);
  }

  /** Element and attribute. */
  public String element() {
    return element;
  }

  /** The first release that has it. */
  public VmmVersion since() {
    return since;
  }

  /** Adds a reason when the release does not have it. */
  void required(VmmVersion version, Refusals refusals) {
    refusals.unless(
        version.compareTo(since) >= 0,
        "libvirt",
        version.toString(),
        since + " or later, the first with " + element,
        "use a newer libvirt, or start QEMU with a command line");
  }
}
