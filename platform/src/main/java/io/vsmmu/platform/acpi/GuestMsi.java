package io.vsmmu.platform.acpi;

/**
 * The kind of address that a guest writes into the MSI registers of a device behind an SMMU.
 *
 * <p>Linux maps the doorbell of the ITS into the device's I/O address space and writes that I/O
 * virtual address. A VMM must translate it by the guest's stage 1 to find the doorbell. A VMM
 * without knowledge of the vSMMU, such as QEMU with a vfio-user function, takes it for a
 * guest-physical address, and the interrupt is lost.
 */
public enum GuestMsi {
  /**
   * An I/O virtual address, for a VMM that translates MSI addresses. The SMMUv3 node has model 0, a
   * generic SMMUv3.
   */
  TRANSLATED(0),

  /**
   * A guest-physical address. The SMMUv3 node has model 1, HiSilicon Hi161x, which does not
   * translate the ITS page: Linux reserves that page and maps it one to one
   * (drivers/acpi/arm64/iort.c, iort_iommu_msi_get_resv_regions). The model's other effect is that
   * Linux sends no CMD_PREFETCH_CONFIG.
   */
  PHYSICAL(1);

  private final int model;

  GuestMsi(int model) {
    this.model = model;
  }

  /** Field Model of the SMMUv3 node. Source: DEN 0049E.d. */
  int model() {
    return model;
  }
}
