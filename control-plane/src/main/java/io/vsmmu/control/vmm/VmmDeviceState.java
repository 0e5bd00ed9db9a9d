package io.vsmmu.control.vmm;

/**
 * The state of a device that a VMM owns.
 *
 * <pre>
 * WAITING   -> FOUND      the VMM has bound it, and no StreamID is known
 * WAITING   -> ATTACHED   the VMM has bound it, and it is attached to its vSMMU
 * FOUND     -> ATTACHED   an operator attached it by its address
 * ATTACHED  -> UNPLUGGED  the VMM closed or unbound it
 * UNPLUGGED -> WAITING    the VMM opened it again
 * ATTACHED  -> RETURNED   an operator detached it; every state, when the VMM ends or is released
 * any       -> FAILED     it could not be taken or attached, or the VMM attached it elsewhere
 * </pre>
 */
public enum VmmDeviceState {
  /** The VMM has not bound it yet, or not attached it to its IOAS. */
  WAITING,
  /** It was found on the VMM's iommufd; an operator has to attach it by its address. */
  FOUND,
  /** It is attached to its vSMMU, which translates or terminates its DMA. */
  ATTACHED,
  /** The VMM unplugged it; it is attached again when the VMM plugs it in again. */
  UNPLUGGED,
  /** It was detached from its vSMMU; only the VMM uses it. */
  RETURNED,
  /** It could not be taken or attached; see its problem. */
  FAILED
}
