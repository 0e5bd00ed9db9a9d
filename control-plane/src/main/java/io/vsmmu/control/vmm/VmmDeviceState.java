package io.vsmmu.control.vmm;

/** Where a device of a VMM is. */
public enum VmmDeviceState {
  /** The VMM has not bound it yet, or not attached it to its IOAS. */
  WAITING,
  /** It was found on the VMM's iommufd and waits for being attached to a vSMMU by its address. */
  FOUND,
  /** It is behind its vSMMU. */
  ATTACHED,
  /** The VMM unplugged it; it is attached again when the VMM plugs it in again. */
  UNPLUGGED,
  /** It was detached from its vSMMU by an operator, and is the VMM's alone. */
  RETURNED,
  /** It could not be taken or attached; see its problem. */
  FAILED
}
