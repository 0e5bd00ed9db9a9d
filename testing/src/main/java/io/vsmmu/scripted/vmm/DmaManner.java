package io.vsmmu.scripted.vmm;

/** How a scripted VMM treats requests for its memory. */
public enum DmaManner {
  /** From what was mapped; EFAULT elsewhere. */
  SERVE,
  /** EPERM. */
  REFUSE,
  /** No answer. */
  IGNORE,
  /** An answer that is a byte too short. */
  CUT
}
