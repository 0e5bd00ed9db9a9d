package io.vsmmu.smmu.stimulus;

/** The source of the accesses to a vSMMU. */
public enum Origin {
  /** A guest, by its VMM's connection to the vSMMU's socket. */
  LIVE,
  /** The log was imported from a trace that QEMU wrote. */
  QEMU_TRACE
}
