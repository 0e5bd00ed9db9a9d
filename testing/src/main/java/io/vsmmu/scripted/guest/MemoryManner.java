package io.vsmmu.scripted.guest;

/** How the scripted VMM lets its guest's RAM be reached. */
public enum MemoryManner {
  /** A memfd comes with DMA_MAP. */
  DESCRIPTOR,
  /** A file lies beside the socket, and DMA_MAP brings no descriptor. */
  FILE,
  /** DMA_READ and DMA_WRITE only. */
  MESSAGES;

  /** Whether the RAM is reached without asking the VMM. */
  public boolean direct() {
    return this != MESSAGES;
  }
}
