package io.vsmmu.vfiouser;

import io.vsmmu.vfiouser.memory.DmaChannel;
import java.util.Optional;

/**
 * A link that outlives connections: a function is made with it before a VMM comes, and keeps it
 * when the VMM goes. Without a connection memory is refused and interrupts reach nobody.
 */
public final class LinkRelay implements VmmLink {

  private static final VmmLink NOBODY = new Nobody();

  private final DmaChannel channel = new Channel();
  private volatile VmmLink target = NOBODY;

  /** From now on calls go to {@code connection}. */
  public void attach(VmmLink connection) {
    target = connection;
  }

  /** From now on calls go to nobody. */
  public void detach() {
    target = NOBODY;
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
  public boolean mayAccessMemory() {
    return target.mayAccessMemory();
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

  private static final class Nobody implements VmmLink {

    @Override
    public DmaChannel dma() {
      return DmaChannel.NONE;
    }

    @Override
    public void raiseInterrupt() {
      // Nobody is there to hear it.
    }

    @Override
    public boolean mayAccessMemory() {
      return false;
    }

    @Override
    public boolean peerGone() {
      return true;
    }
  }
}
