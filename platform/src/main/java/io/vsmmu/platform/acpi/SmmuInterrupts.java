package io.vsmmu.platform.acpi;

import java.util.List;

/** How an SMMU itself interrupts. */
public sealed interface SmmuInterrupts {

  /**
   * The DeviceID of writes that say nothing of who makes them, as those of QEMU's vfio-user client.
   * Several SMMUs may have it: an ITS tells their messages apart by EventID, and Linux gives out
   * EventIDs by DeviceID (drivers/irqchip/irq-gic-v3-its.c, its_msi_prepare). It is also that of
   * function 0 of device 0 of bus 0, the host bridge, which sends no messages.
   */
  long NO_REQUESTER = 0;

  /**
   * By wires, each a GSIV: the INTID of a shared peripheral interrupt of the GIC, 32 to 1019 or
   * 4096 to 5119 (IHI 0069, 2.2). All four, and different: Linux takes the ID mapping number 0 for
   * the SMMU's own MSIs as soon as one is missing, and requests each for itself alone.
   */
  record Wired(long event, long pri, long gerror, long sync) implements SmmuInterrupts {

    /** In the order of the node's fields. */
    List<Long> all() {
      return List.of(event, pri, gerror, sync);
    }
  }

  /**
   * By MSIs through an ITS.
   *
   * @param itsGroup index of the group
   * @param deviceId the SMMU's own DeviceID, unsigned 32 bits; {@link #NO_REQUESTER}, or one that
   *     no device and no other SMMU has
   */
  record Messages(int itsGroup, long deviceId) implements SmmuInterrupts {}
}
