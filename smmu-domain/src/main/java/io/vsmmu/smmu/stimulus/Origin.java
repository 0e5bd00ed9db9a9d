package io.vsmmu.smmu.stimulus;

/** Where the accesses of a vSMMU come from. */
public enum Origin {
  /** A guest that is connected to our socket. */
  LIVE,
  /** A trace of another VMM. */
  QEMU_TRACE
}
