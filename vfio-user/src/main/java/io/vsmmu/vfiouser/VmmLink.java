package io.vsmmu.vfiouser;

import io.vsmmu.vfiouser.memory.DmaChannel;

/** What a function may request of the VMM that is connected. Thread-safe. */
public interface VmmLink {

  /**
   * Guest memory by messages. Every call of its methods waits for the VMM, and is refused until the
   * guest has enabled bus mastering. On the connection's leader they throw {@link
   * IllegalStateException}: the VMM would wait for this process, and this process for the VMM.
   */
  DmaChannel dma();

  /**
   * Raises an edge of INTx. While the interrupt is masked, disabled or without an eventfd the edge
   * is pending; several pending edges become one.
   */
  void raiseInterrupt();

  /** Whether the VMM has closed its end. Messages that it sent before may still be unread. */
  boolean peerGone();
}
