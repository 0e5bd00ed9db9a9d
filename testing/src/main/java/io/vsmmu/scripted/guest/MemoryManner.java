package io.vsmmu.scripted.guest;

/** How the scripted VMM lets its guest's RAM be reached. */
public enum MemoryManner {
  /** DMA_MAP carries a memfd. */
  DESCRIPTOR,
  /** A file lies beside the socket, and DMA_MAP brings no descriptor. */
  FILE,
  /** The server reads and writes by DMA_READ and DMA_WRITE only. */
  MESSAGES;

  /** Whether the RAM is reached without asking the VMM. */
  public boolean direct() {
    return this != MESSAGES;
  }
}
