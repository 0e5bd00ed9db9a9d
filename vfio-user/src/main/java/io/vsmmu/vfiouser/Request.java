package io.vsmmu.vfiouser;

/**
 * A request that is well-formed. Accesses to regions are not among them: those are taken from the
 * message in place ({@link RegionAccess}).
 */
sealed interface Request extends Decoded {

  /**
   * The VMM proposes a version.
   *
   * @param json its capabilities; empty when it sent none
   */
  record Version(int major, int minor, String json) implements Request {}

  /**
   * The VMM shares memory.
   *
   * @param offset in the file of the descriptor, if one came along
   * @param address in the guest
   * @param size in bytes
   */
  record MapMemory(boolean readable, boolean writable, long offset, long address, long size)
      implements Request {}

  /** The VMM takes one region of memory away. */
  record UnmapMemory(long address, long size) implements Request {}

  /** The VMM takes all memory away. */
  record UnmapAllMemory() implements Request {}

  /** What kind of device are we? */
  record DeviceInfo() implements Request {}

  /** What is region {@code index}? */
  record RegionInfo(int index) implements Request {}

  /** What are the interrupts of kind {@code index}? */
  record IrqInfo(int index) implements Request {}

  /** What an interrupt should do. */
  enum IrqAction {
    MASK,
    UNMASK,
    TRIGGER
  }

  /** When it should do it. */
  enum IrqWhen {
    /** Now. */
    NOW,
    /** Now, the flag in the message is 0: not at all. */
    NOT_AT_ALL,
    /** Whenever the eventfd that came along, if any, says so; for a trigger: by that eventfd. */
    BY_EVENTFD
  }

  /**
   * An order for the one interrupt that we have.
   *
   * @param action what to do
   * @param when when to do it
   */
  record SetIrq(IrqAction action, IrqWhen when) implements Request {}

  /** No interrupts of the kind any more. */
  record DisableIrqs() implements Request {}

  /** Back to the state after power-on. */
  record ResetDevice() implements Request {}
}
