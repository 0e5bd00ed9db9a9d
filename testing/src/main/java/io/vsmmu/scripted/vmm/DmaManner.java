package io.vsmmu.scripted.vmm;

/** How a scripted VMM treats requests for its memory. */
public enum DmaManner {
  /** From what was mapped; EFAULT elsewhere. */
  SERVE,
  /** DMA_READ and DMA_WRITE are answered with EPERM. */
  REFUSE,
  /** DMA_READ and DMA_WRITE are not answered. */
  IGNORE,
  /** An answer that is a byte too short. */
  CUT
}
