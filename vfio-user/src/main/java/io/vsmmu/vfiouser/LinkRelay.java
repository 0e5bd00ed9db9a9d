package io.vsmmu.vfiouser;

import io.vsmmu.vfiouser.memory.DmaChannel;
import java.util.Optional;

/**
 * A link that outlives connections: a function is made with it before a VMM connects, and keeps it
 * after the VMM has disconnected. Without a connection reads and writes of memory are refused and
 * interrupts are dropped. Thread-safe.
 */
public final class LinkRelay implements VmmLink {

  private static final VmmLink DISCONNECTED = new Disconnected();

  private final DmaChannel channel = new Channel();
  private volatile VmmLink target = DISCONNECTED;

  /** Forwards calls to {@code connection} from now on. */
  public void attach(VmmLink connection) {
    target = connection;
  }

  /** Ends the forwarding of calls. */
  public void detach() {
    target = DISCONNECTED;
  }

  @Override
  public DmaChannel dma() {
    return channel;
  }

  @Override
  public void raiseInterrupt() {
    target.raiseInterrupt();
  }

  @Override
  public boolean peerGone() {
    return target.peerGone();
  }

  private final class Channel implements DmaChannel {

    @Override
    public Optional<byte[]> read(long address, int length) {
      return target.dma().read(address, length);
    }

    @Override
    public boolean write(long address, byte[] data) {
      return target.dma().write(address, data);
    }

    @Override
    public void renewTimeBudget() {
      target.dma().renewTimeBudget();
    }
  }

  private static final class Disconnected implements VmmLink {

    @Override
    public DmaChannel dma() {
      return DmaChannel.NONE;
    }

    @Override
    public void raiseInterrupt() {
      // Without a VMM there is no guest to interrupt.
    }

    @Override
    public boolean peerGone() {
      return true;
    }
  }
}
