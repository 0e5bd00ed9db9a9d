package io.vsmmu.vfiouser;

import io.vsmmu.posix.Fd;
import io.vsmmu.posix.PosixException;
import io.vsmmu.posix.UnixStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.Semaphore;

/**
 * Polls a socket for a moment before it waits, because a guest that has just been answered often
 * writes again at once, and waking a thread on an idle processor takes longer than all of its work.
 * As KVM does before it halts a virtual processor (virt/kvm/kvm_main.c, kvm_vcpu_halt), it adapts
 * to the guest: it polls only if the wait before was shorter than {@link ProtocolLimits#POLLING},
 * so a guest that is idle, or slow, costs nothing.
 *
 * <p>A guest that posts doorbells without waiting for them keeps its thread busy all the time.
 * After each {@link ProtocolLimits#TURN} the thread yields the processor, so that the threads of
 * other guests on the same processor wait for a turn and not for the scheduler's slice.
 *
 * <p>At most half of the processors poll at the same time, over all connections. Each poll yields
 * the processor to a thread that has work. Used by the connection's leader only.
 */
final class Polling {

  private static final Semaphore PROCESSORS =
      new Semaphore(Math.max(1, Runtime.getRuntime().availableProcessors() / 2));

  private final UnixStream stream;
  private boolean worthwhile;

  /** The {@link System#nanoTime} at which a message was last waited for, or the thread yielded. */
  private long turnBegan = System.nanoTime();

  Polling(UnixStream stream) {
    this.stream = stream;
  }

  /**
   * As {@link UnixStream#receive(ByteBuffer, List)}.
   *
   * @throws PosixException as that
   */
  int receive(ByteBuffer buffer, List<Fd> descriptors) throws PosixException {
    long begun = System.nanoTime();
    int length = stream.receiveAvailable(buffer, descriptors);
    if (length != UnixStream.NOTHING_YET) {
      yieldAfterTurn(begun);
      return length;
    }
    if (worthwhile && PROCESSORS.tryAcquire()) {
      try {
        length = poll(buffer, descriptors, begun);
      } finally {
        PROCESSORS.release();
      }
    }
    if (length == UnixStream.NOTHING_YET) {
      length = stream.receive(buffer, descriptors);
      worthwhile = System.nanoTime() - begun < ProtocolLimits.POLLING.toNanos();
    }
    turnBegan = System.nanoTime();
    return length;
  }

  /** Lets other threads run when messages were never waited for during a turn. */
  private void yieldAfterTurn(long now) {
    if (now - turnBegan > ProtocolLimits.TURN.toNanos()) {
      Thread.yield();
      turnBegan = System.nanoTime();
    }
  }

  private int poll(ByteBuffer buffer, List<Fd> descriptors, long begun) throws PosixException {
    int length = UnixStream.NOTHING_YET;
    while (length == UnixStream.NOTHING_YET
        && System.nanoTime() - begun < ProtocolLimits.POLLING.toNanos()) {
      Thread.yield();
      length = stream.receiveAvailable(buffer, descriptors);
    }
    return length;
  }
}
