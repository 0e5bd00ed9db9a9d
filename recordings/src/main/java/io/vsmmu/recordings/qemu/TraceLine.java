package io.vsmmu.recordings.qemu;

import io.vsmmu.smmu.spec.CommandOpcode;
import org.jspecify.annotations.Nullable;

/**
 * One line of a QEMU trace with its fields. The formats are those of QEMU's hw/arm/trace-events,
 * backends/trace-events and hw/vfio/trace-events. Numbers are as printed; an id that the line does
 * not have is {@link #NONE}.
 */
sealed interface TraceLine {

  /** A number that the line does not have. */
  long NONE = -1;

  /** smmuv3_read_mmio: the guest read a register. */
  record MmioRead(int offset, long value, int width) implements TraceLine {}

  /** smmuv3_write_mmio: the guest wrote a register; printed after everything the write caused. */
  record MmioWrite(int offset, long value, int width) implements TraceLine {}

  /**
   * smmuv3_cmdq_consume: the entry at {@code cons} is about to be consumed.
   *
   * @param secure whether the line says that the queue is the one of the Secure interface
   */
  record Consume(long prod, long cons, boolean prodWrap, boolean consWrap, boolean secure)
      implements TraceLine {}

  /** smmuv3_cmdq_consume_out: consumption ended. */
  record ConsumeOut(long prod, long cons, boolean prodWrap, boolean consWrap)
      implements TraceLine {}

  /** smmuv3_cmdq_consume_error: the command stopped the queue with this CERROR code (7.1). */
  record ConsumeError(int code) implements TraceLine {}

  /**
   * smmuv3_cmdq_opcode: the opcode of the entry that is being consumed.
   *
   * @param command null for an opcode that QEMU does not name
   */
  record Opcode(@Nullable CommandOpcode command) implements TraceLine {}

  /** Fields of the command that is being consumed, as far as its trace event prints them. */
  sealed interface Detail extends TraceLine {}

  /** smmuv3_cmdq_cfgi_ste, or smmuv3_cmdq_cfgi_cd if {@code contextDescriptor}. */
  record StreamDetail(int streamId, boolean contextDescriptor) implements Detail {}

  /** smmuv3_cmdq_cfgi_ste_range: first and last StreamID, unsigned 32 bits. */
  record RangeDetail(long start, long end) implements Detail {}

  /**
   * smmuv3_range_inval: one naturally aligned power-of-two piece of an invalidation by address.
   *
   * @param granule the TG field
   * @param pages pages of the granule
   * @param level the TTL field
   */
  record AddressDetail(
      int vmid, int asid, long address, int granule, long pages, int level, boolean leaf)
      implements Detail {}

  /** smmuv3_cmdq_tlbi_nh, _nsnh, _nh_asid, _s12_vmid: NONE where the line has no such field. */
  record TagDetail(long vmid, long asid) implements Detail {}

  /** smmuv3_find_ste, smmu_config_cache_inv, smmuv3_config_cache_*: a look-up for the stream. */
  record StreamNote(int streamId) implements TraceLine {}

  /** smmuv3_find_ste_2lvl: a look-up in the Stream table at this STRTAB_BASE. */
  record TableNote(long strtabBase) implements TraceLine {}

  /** smmu_iotlb_lookup_hit, smmu_iotlb_lookup_miss: a TLB look-up with this ASID. */
  record TagNote(int asid) implements TraceLine {}

  /** smmuv3_accel_install_ste: QEMU gave the stream's device a configuration on the host. */
  record InstallSte(int streamId, SteType type) implements TraceLine {}

  /** The word that smmuv3_accel_install_ste prints for a configuration. */
  enum SteType {
    ABORT,
    BYPASS,
    TRANSLATE,
    OTHER
  }

  /**
   * smmuv3_accel_translate_ste: the first two 64-bit words of the STE with which QEMU allocated a
   * nested HWPT (struct iommu_hwpt_arm_smmuv3).
   */
  record TranslateSte(int streamId, long word0, long word1) implements TraceLine {}

  /** smmuv3_accel_set_iommu_device, smmuv3_accel_unset_iommu_device. */
  record AccelDevice(boolean set, long deviceId) implements TraceLine {}

  /** QEMU's trace event {@code smmuv3_translate_success}. */
  record Translated(int streamId, int stage, long iova, long translated) implements TraceLine {}

  /** smmu_reset_exit: the VMM reset a vSMMU. */
  record ResetExit() implements TraceLine {}

  /**
   * Any iommufd_* line. What the ids mean depends on the {@link HostCallKind}.
   *
   * @param iommufd file descriptor of the iommufd
   * @param address PCI address of the device; empty if the line has none
   * @param entries the number of commands of an invalidation
   * @param result 0, or the negative number that QEMU printed
   */
  record HostCall(
      HostCallKind kind,
      String name,
      String arguments,
      long iommufd,
      long id,
      long deviceId,
      long parentId,
      long streamId,
      String address,
      int entries,
      int result)
      implements TraceLine {

    /** Whether it names neither a device nor an object that belongs to a vIOMMU. */
    boolean ofTheVm() {
      return kind == HostCallKind.OTHER;
    }
  }

  /** The host calls whose ids matter here. */
  enum HostCallKind {
    /** {@code id} is the bound device's id, {@code address} its PCI address. */
    BIND,
    /**
     * {@code id} is the new vIOMMU, {@code deviceId} the device for whose SMMU it was allocated.
     */
    ALLOC_VIOMMU,
    /** {@code id} is the new vDEVICE, {@code parentId} the vIOMMU, {@code streamId} the vSID. */
    ALLOC_VDEVICE,
    /** {@code id} is the new HWPT, {@code parentId} an IOAS, a HWPT or a vIOMMU. */
    ALLOC_HWPT,
    /** {@code id} is the new vEVENTQ, {@code parentId} the vIOMMU. */
    ALLOC_VEVENTQ,
    /** {@code parentId} is the vIOMMU. */
    INVALIDATE,
    /** The object {@code id} was destroyed. */
    FREE,
    /** {@code parentId} is the HWPT or IOAS that the device at {@code address} was attached to. */
    ATTACH,
    /** The device at {@code address} was detached from its HWPT or IOAS. */
    DETACH,
    /** The call reads properties of the device at {@code address}. */
    DEVICE,
    /** The call names no object by which a vSMMU can be recognized. */
    OTHER
  }

  /** An event that adds nothing to the lines around it. */
  record Note() implements TraceLine {}

  /** The line is no known trace event, or it lacks fields of its format. */
  record Unknown() implements TraceLine {}
}
