package io.vsmmu.vfiouser;

import io.vsmmu.vfiouser.memory.DmaChannel;

/** What a function may ask of the VMM. Thread-safe. */
public interface VmmLink {

  /**
   * Memory of the guest by messages. Every call waits for the VMM and is refused while the guest
   * forbids bus mastering.
   *
   * @throws IllegalStateException (its methods) on the connection's reading thread: the VMM would
   *     wait for us and we for it
   */
  DmaChannel dma();

  /**
   * Raises INTx: an edge. It reaches the guest once; while the interrupt is masked, disabled or
   * without an eventfd it waits, and edges that wait together become one.
   */
  void raiseInterrupt();

  /** Whether the VMM has closed its end, perhaps before all that it said was read. */
  boolean peerGone();

  /** Whether the guest lets the function read and write memory, MSIs included. */
  boolean mayAccessMemory();
}
