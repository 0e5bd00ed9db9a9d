package io.vsmmu.platform.acpi;

import java.util.List;

/** How an SMMU signals its own interrupts. */
public sealed interface SmmuInterrupts {

  /**
   * The DeviceID of MSI writes without a requester ID, such as those of QEMU's vfio-user client.
   * Several SMMUs may have it: an ITS distinguishes their messages by EventID, and Linux allocates
   * EventIDs for each DeviceID (drivers/irqchip/irq-gic-v3-its.c, its_msi_prepare). It is also the
   * DeviceID of the host bridge, function 0 of device 0 of bus 0, which sends no messages.
   */
  long NO_REQUESTER = 0;

  /**
   * By wired interrupts. Each GSIV is the INTID of a shared peripheral interrupt of the GIC, 32 to
   * 1019 or 4096 to 5119 (IHI 0069, 2.2). All four must be given: if one is missing, Linux takes
   * the node's ID mapping 0 for the SMMU's own MSIs (drivers/acpi/arm64/iort.c,
   * iort_get_id_mapping_index). They must differ, because Linux requests each of them exclusively.
   */
  record Wired(long event, long pri, long gerror, long sync) implements SmmuInterrupts {

    /** The four GSIVs in the order of the node's fields. */
    List<Long> all() {
      return List.of(event, pri, gerror, sync);
    }
  }

  /**
   * By MSIs through an ITS.
   *
   * @param itsGroup index of the group
   * @param deviceId the SMMU's own DeviceID, unsigned 32 bits: {@link #NO_REQUESTER}, or one that
   *     neither a device nor another SMMU has
   */
  record Messages(int itsGroup, long deviceId) implements SmmuInterrupts {}
}
