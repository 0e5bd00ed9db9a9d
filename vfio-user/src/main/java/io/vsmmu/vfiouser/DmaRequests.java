package io.vsmmu.vfiouser;

import io.vsmmu.vfiouser.MessageLayout.Dma;
import io.vsmmu.vfiouser.MessageLayout.Header;
import io.vsmmu.vfiouser.memory.DmaChannel;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Memory of the guest by messages to the VMM. Any thread but the reading one may ask; the reading
 * thread brings the replies. Message ids are 0x8000 upwards, only because that is easy to see in a
 * trace: each side's ids are its own.
 */
final class DmaRequests implements DmaChannel {

  private static final int FIRST_ID = 0x8000;
  private static final byte[] NOTHING = new byte[0];

  private final MessageWriter writer;
  private final BooleanSupplier allowed;
  private final DmaTimeBudget patience;
  private final Semaphore places;
  private final Map<Integer, Waiter> waiting = new HashMap<>();
  private final Object encoding = new Object();
  private ByteBuffer message = DirectBuffers.ofSize(ProtocolLimits.FIRST_BUFFER);
  private int nextId;
  private boolean closed;
  private volatile int transfer;
  private volatile @Nullable Thread reader;

  /**
   * @param allowed whether the guest lets us
   */
  DmaRequests(MessageWriter writer, BooleanSupplier allowed, ProtocolLimits limits) {
    this.writer = writer;
    this.allowed = allowed;
    this.patience = new DmaTimeBudget(limits.dmaTimeout(), System::nanoTime);
    this.places = new Semaphore(limits.outstanding());
  }

  /** Somebody who waits for a reply, and what the reply must say. */
  private record Waiter(
      Command command, long address, int count, CompletableFuture<Optional<byte[]>> outcome) {}

  /** The thread that must not ask. */
  void reader(@Nullable Thread thread) {
    reader = thread;
  }

  /** The VMM takes messages with so many bytes of data; nothing is asked before. */
  void negotiated(int bytes) {
    transfer = bytes;
  }

  @Override
  public Optional<byte[]> read(long address, int length) {
    if (refused(address, length)) {
      return Optional.empty();
    }
    byte[] data = new byte[length];
    return inTime(deadline -> readParts(address, data, deadline))
        ? Optional.of(data)
        : Optional.empty();
  }

  private boolean readParts(long address, byte[] data, long deadline) {
    for (int done = 0; done < data.length; ) {
      int count = Math.min(transfer, data.length - done);
      Optional<byte[]> part =
          exchange(Command.DMA_READ, address + done, count, NOTHING, 0, deadline);
      if (part.isEmpty()) {
        return false;
      }
      System.arraycopy(part.get(), 0, data, done, count);
      done += count;
    }
    return true;
  }

  @Override
  public boolean write(long address, byte[] data) {
    return !refused(address, data.length)
        && inTime(deadline -> writeParts(address, data, deadline));
  }

  private boolean writeParts(long address, byte[] data, long deadline) {
    for (int done = 0; done < data.length; ) {
      int count = Math.min(transfer, data.length - done);
      if (exchange(Command.DMA_WRITE, address + done, count, data, done, deadline).isEmpty()) {
        return false;
      }
      done += count;
    }
    return true;
  }

  private boolean inTime(LongPredicate parts) {
    OptionalLong deadline = patience.deadline();
    if (deadline.isEmpty()) {
      return false;
    }
    long begun = System.nanoTime();
    boolean done = parts.test(deadline.getAsLong());
    if (!done) {
      patience.failed(begun);
    }
    return done;
  }

  @Override
  public void renewTimeBudget() {
    patience.renew();
  }

  private boolean refused(long address, int length) {
    if (Thread.currentThread().equals(reader)) {
      throw new IllegalStateException(
          "the reading thread asks the VMM for memory: both would wait for each other");
    }
    return length < 0
        || length > ProtocolLimits.TRANSFER
        || transfer == 0
        || (length > 0 && Long.compareUnsigned(address + length - 1, address) < 0)
        || !allowed.getAsBoolean();
  }

  private Optional<byte[]> exchange(
      Command command, long address, int count, byte[] data, int from, long deadline) {
    try {
      if (!places.tryAcquire(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
        return Optional.empty();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
    var waiter = new Waiter(command, address, count, new CompletableFuture<>());
    int id = enter(waiter);
    try {
      return allowed.getAsBoolean() && send(id, waiter, data, from)
          ? await(waiter, deadline)
          : Optional.empty();
    } finally {
      leave(id);
      places.release();
    }
  }

  private boolean send(int id, Waiter waiter, byte[] data, int from) {
    int written = waiter.command() == Command.DMA_WRITE ? waiter.count() : 0;
    int size = Header.BYTES + Dma.BYTES + written;
    synchronized (encoding) {
      message = DirectBuffers.atLeast(message, size);
      message.clear().limit(size);
      Header.ID.put(message, 0, id);
      Header.COMMAND.put(message, 0, waiter.command().number());
      Header.SIZE.put(message, 0, size);
      Header.FLAGS.put(message, 0, Header.REQUEST);
      Header.ERRNO.put(message, 0, 0);
      Dma.ADDRESS.put(message, Header.BYTES, waiter.address());
      Dma.COUNT.put(message, Header.BYTES, waiter.count());
      message.put(Header.BYTES + Dma.BYTES, data, from, written);
      return writer.send(message);
    }
  }

  private static Optional<byte[]> await(Waiter waiter, long deadline) {
    try {
      return waiter.outcome().get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException | ExecutionException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  private int enter(Waiter waiter) {
    synchronized (waiting) {
      int id;
      do {
        id = FIRST_ID + nextId++ % FIRST_ID;
        nextId %= FIRST_ID;
      } while (waiting.containsKey(id));
      waiting.put(id, waiter);
      if (closed) {
        waiter.outcome().complete(Optional.empty());
      }
      return id;
    }
  }

  private void leave(int id) {
    synchronized (waiting) {
      waiting.remove(id);
    }
  }

  /**
   * A reply came in.
   *
   * @return whether somebody waited for it
   */
  boolean reply(ByteBuffer reply) {
    Waiter waiter;
    synchronized (waiting) {
      waiter = waiting.remove(Header.ID.getInt(reply, 0));
    }
    return waiter != null && waiter.outcome().complete(outcome(waiter, reply));
  }

  private static Optional<byte[]> outcome(Waiter waiter, ByteBuffer reply) {
    int body = Header.BYTES;
    boolean read = waiter.command() == Command.DMA_READ;
    int most = read ? Dma.BYTES + waiter.count() : Dma.BYTES;
    int least = read ? most : Dma.SHORT_BYTES;
    int length = reply.limit() - body;
    if (Header.COMMAND.get(reply, 0) != waiter.command().number()
        || (Header.FLAGS.getInt(reply, 0) & Header.ERROR) != 0
        || length < least
        || length > most
        || Dma.ADDRESS.get(reply, body) != waiter.address()
        || Dma.SHORT_COUNT.get(reply, body) != waiter.count()) {
      return Optional.empty();
    }
    byte[] data = new byte[read ? waiter.count() : 0];
    reply.get(body + Dma.BYTES, data, 0, data.length);
    return Optional.of(data);
  }

  /** Nobody gets an answer any more. */
  void close() {
    synchronized (waiting) {
      closed = true;
      waiting.values().forEach(waiter -> waiter.outcome().complete(Optional.empty()));
    }
  }
}
