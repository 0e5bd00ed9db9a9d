package io.vsmmu.vfiouser;

/**
 * A well-formed request of a VMM. Accesses to regions are not among them: {@link RegionAccess}
 * reads those from the message in place.
 */
sealed interface Request extends RequestDecoder.Decoded {

  /**
   * VERSION: the VMM proposes a version of the protocol.
   *
   * @param json the capabilities, as the VMM sent them; empty when it sent none
   */
  record Version(int major, int minor, String json) implements Request {}

  /**
   * DMA_MAP: the VMM shares a region of guest memory.
   *
   * @param offset of the region in the file of the descriptor, in bytes
   * @param address guest-physical, unsigned
   * @param size in bytes, unsigned
   */
  record MapMemory(boolean readable, boolean writable, long offset, long address, long size)
      implements Request {}

  /**
   * DMA_UNMAP: the VMM takes back the regions of a range.
   *
   * @param address guest-physical, unsigned
   * @param size in bytes, unsigned
   */
  record UnmapMemory(long address, long size) implements Request {}

  /** DMA_UNMAP with the flag "all": the VMM takes back every region. */
  record UnmapAllMemory() implements Request {}

  record DeviceInfo() implements Request {}

  /**
   * DEVICE_GET_REGION_INFO.
   *
   * @param index 0 to {@link DeviceDescription#REGIONS} - 1
   */
  record RegionInfo(int index) implements Request {}

  /**
   * DEVICE_GET_IRQ_INFO.
   *
   * @param index 0 to {@link DeviceDescription#IRQ_KINDS} - 1
   */
  record IrqInfo(int index) implements Request {}

  /** The actions of DEVICE_SET_IRQS (VFIO_IRQ_SET_ACTION_*). */
  enum IrqAction {
    MASK,
    UNMASK,
    TRIGGER
  }

  /** When an action takes place (VFIO_IRQ_SET_DATA_*). */
  enum IrqWhen {
    /** Now: DATA_NONE, or DATA_BOOL with a byte other than 0. */
    NOW,
    /** Not at all: DATA_BOOL with the byte 0. */
    NOT_AT_ALL,
    /**
     * DATA_EVENTFD. For TRIGGER: the eventfd that was sent with the message signals the interrupt
     * from now on, or none does when none was sent. For MASK and UNMASK: whenever that eventfd is
     * signalled.
     */
    BY_EVENTFD
  }

  /** DEVICE_SET_IRQS for INTx, the only interrupt of the function. */
  record SetIrq(IrqAction action, IrqWhen when) implements Request {}

  /** DEVICE_SET_IRQS with DATA_NONE, TRIGGER and a count of 0: INTx is switched off. */
  record DisableIrqs() implements Request {}

  record ResetDevice() implements Request {}
}
