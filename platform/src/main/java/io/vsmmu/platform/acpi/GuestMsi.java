package io.vsmmu.platform.acpi;

/**
 * Which address a guest writes into a device's MSI registers, when the device is behind an SMMU.
 *
 * <p>Linux maps the doorbell of the ITS into the device's I/O address space and writes that I/O
 * virtual address. Only a VMM that translates it by the guest's own stage 1 finds the doorbell
 * again; one that knows nothing of the vSMMU, such as QEMU with a vfio-user function, takes it for
 * a guest-physical address, and the interrupt is lost.
 */
public enum GuestMsi {
  /**
   * The I/O virtual address: for a VMM that translates MSI addresses. Model 0, a generic SMMUv3.
   */
  TRANSLATED(0),

  /**
   * The guest-physical address. The SMMUv3 node says model 1, HiSilicon Hi161x, whose ITS page is
   * not translated: Linux reserves that page and maps it one to one (drivers/acpi/arm64/iort.c,
   * iort_iommu_msi_get_resv_regions). The other effect of the model is that Linux sends no
   * CMD_PREFETCH_CONFIG.
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
