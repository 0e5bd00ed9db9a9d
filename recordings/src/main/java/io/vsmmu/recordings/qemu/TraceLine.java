package io.vsmmu.recordings.qemu;

import io.vsmmu.smmu.spec.CommandOpcode;
import org.jspecify.annotations.Nullable;

/**
 * One line of a QEMU trace, by what it tells. Formats: QEMU's hw/arm/trace-events,
 * backends/trace-events and hw/vfio/trace-events. Numbers are as printed; an id that the line does
 * not have is {@link #NONE}.
 */
sealed interface TraceLine {

  /** Stands for a number that the line does not have. */
  long NONE = -1;

  /** smmuv3_read_mmio: the guest read a register. */
  record ReadRegister(int offset, long value, int width) implements TraceLine {}

  /** smmuv3_write_mmio: the guest wrote a register; printed after all that the write caused. */
  record WriteRegister(int offset, long value, int width) implements TraceLine {}

  /**
   * smmuv3_cmdq_consume: the entry at {@code cons} is about to be consumed.
   *
   * @param secure whether the line says that the queue is the Secure interface's
   */
  record Consume(long prod, long cons, boolean prodWrap, boolean consWrap, boolean secure)
      implements TraceLine {}

  /** smmuv3_cmdq_consume_out: consumption ended. */
  record ConsumeOut(long prod, long cons, boolean prodWrap, boolean consWrap)
      implements TraceLine {}

  /** smmuv3_cmdq_consume_error: the command stopped the queue with this CERROR code. */
  record ConsumeError(int code) implements TraceLine {}

  /**
   * smmuv3_cmdq_opcode.
   *
   * @param command null for an opcode that QEMU has no name for
   */
  record Opcode(@Nullable CommandOpcode command) implements TraceLine {}

  /** The fields of the command being consumed, as far as its trace event tells them. */
  sealed interface Detail extends TraceLine {}

  /** smmuv3_cmdq_cfgi_ste, smmuv3_cmdq_cfgi_cd. */
  record StreamDetail(int streamId, boolean contextDescriptor) implements Detail {}

  /** smmuv3_cmdq_cfgi_ste_range: first and last StreamID, unsigned 32 bits. */
  record RangeDetail(long start, long end) implements Detail {}

  /** smmuv3_range_inval: one power-of-two piece of an invalidation by address. */
  record AddressDetail(
      int vmid, int asid, long address, int granule, long pages, int level, boolean leaf)
      implements Detail {}

  /** smmuv3_cmdq_tlbi_nh, _nsnh, _nh_asid, _s12_vmid: NONE where the line has no such field. */
  record TagDetail(long vmid, long asid) implements Detail {}

  /** smmuv3_find_ste, smmu_config_cache_inv, smmuv3_config_cache_*: a line about a stream. */
  record StreamNote(int streamId) implements TraceLine {}

  /** smmuv3_find_ste_2lvl: a look-up in the Stream table at this STRTAB_BASE. */
  record TableNote(long strtabBase) implements TraceLine {}

  /** smmu_iotlb_lookup_hit, smmu_iotlb_lookup_miss: a translation with this ASID. */
  record TagNote(int asid) implements TraceLine {}

  /** smmuv3_accel_install_ste: the host got a configuration for the stream. */
  record InstallSte(int streamId, SteType type) implements TraceLine {}

  /** What smmuv3_accel_install_ste calls a configuration. */
  enum SteType {
    ABORT,
    BYPASS,
    TRANSLATE,
    OTHER
  }

  /** smmuv3_accel_translate_ste: the two words of a nested HWPT. */
  record TranslateSte(int streamId, long word0, long word1) implements TraceLine {}

  /** smmuv3_accel_set_iommu_device, smmuv3_accel_unset_iommu_device. */
  record AccelDevice(boolean set, long deviceId) implements TraceLine {}

  /** smmuv3_translate_success. */
  record Translated(int streamId, int stage, long iova, long translated) implements TraceLine {}

  /** smmu_reset_exit: the VMM reset a vSMMU. */
  record ResetExit() implements TraceLine {}

  /**
   * Any iommufd_* line.
   *
   * @param iommufd file descriptor of the iommufd
   * @param entries commands of an invalidation
   * @param result 0 or a negative number
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

    /** Whether it names neither a device nor an object that a vIOMMU can have. */
    boolean ofTheVm() {
      return kind == HostCallKind.OTHER;
    }
  }

  /** The host calls whose ids matter here. */
  enum HostCallKind {
    /** {@code id} is the bound device's id, {@code address} its PCI address. */
    BIND,
    /** {@code id} is the new vIOMMU, {@code deviceId} the device it was made for. */
    ALLOC_VIOMMU,
    /** {@code id} is the new vDEVICE, {@code parentId} the vIOMMU, {@code streamId} the vSID. */
    ALLOC_VDEVICE,
    /** {@code id} is the new HWPT, {@code parentId} an IOAS, a HWPT or a vIOMMU. */
    ALLOC_HWPT,
    /** {@code id} is the new vEVENTQ, {@code parentId} the vIOMMU. */
    ALLOC_VEVENTQ,
    /** {@code parentId} is the vIOMMU. */
    INVALIDATE,
    /** {@code id} is gone. */
    FREE,
    /** {@code parentId} is the HWPT or IOAS that the device at {@code address} moved to. */
    ATTACH,
    /** The device at {@code address} moved away from its HWPT or IOAS. */
    DETACH,
    /** The device at {@code address}. */
    DEVICE,
    /** No id that tells a vSMMU. */
    OTHER
  }

  /** An event that tells nothing beyond what the lines around it tell. */
  record Note() implements TraceLine {}

  /** Not a known trace event, or one that lacks its fields. */
  record Unknown() implements TraceLine {}
}
