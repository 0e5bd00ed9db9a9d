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
 * Reads and writes guest memory by DMA_READ and DMA_WRITE messages to the VMM. Any thread may call,
 * except the connection's leader, which receives the replies. Message ids begin at 0x8000, so that
 * they are easy to recognise in a trace; the protocol lets each side choose its own.
 *
 * <p>Two monitors, never held together: {@code pending} guards the requests that wait for a reply;
 * {@code encoding} guards the message buffer, and {@link MessageWriter}'s lock is taken under it.
 */
final class DmaRequests implements DmaChannel {

  private static final int FIRST_ID = 0x8000;
  private static final byte[] NOTHING = new byte[0];

  private final MessageWriter writer;
  private final BooleanSupplier allowed;
  private final DmaTimeBudget budget;
  private final Semaphore slots;
  private final Map<Integer, PendingRequest> pending = new HashMap<>();
  private final Object encoding = new Object();
  private ByteBuffer message = DirectBuffers.ofSize(ProtocolLimits.FIRST_BUFFER);
  private int nextId;
  private boolean closed;
  private volatile int transfer;
  private volatile @Nullable Thread reader;
  private volatile Runnable beforeWaiting = () -> {};

  /**
   * @param allowed whether the guest has enabled bus mastering
   */
  DmaRequests(MessageWriter writer, BooleanSupplier allowed, ProtocolLimits limits) {
    this.writer = writer;
    this.allowed = allowed;
    this.budget = new DmaTimeBudget(limits.dmaTimeout(), System::nanoTime);
    this.slots = new Semaphore(limits.outstanding());
  }

  /** A request that waits for its reply, which must contain the same command, address and count. */
  private record PendingRequest(
      Command command, long address, int count, CompletableFuture<Optional<byte[]>> outcome) {}

  /** Says which thread reads messages now; it must not read or write memory. */
  void reader(@Nullable Thread thread) {
    reader = thread;
  }

  /** Sets what a thread calls before it waits for a reply, so that another one reads it. */
  void beforeWaiting(Runnable action) {
    beforeWaiting = action;
  }

  /** Allows requests, each with at most {@code bytes} of data; before, all are refused. */
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
    OptionalLong deadline = budget.deadline();
    if (deadline.isEmpty()) {
      return false;
    }
    beforeWaiting.run();
    long begun = System.nanoTime();
    boolean done = parts.test(deadline.getAsLong());
    if (!done) {
      budget.failed(begun);
    }
    return done;
  }

  @Override
  public void renewTimeBudget() {
    budget.renew();
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
      if (!slots.tryAcquire(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
        return Optional.empty();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
    var request = new PendingRequest(command, address, count, new CompletableFuture<>());
    int id = register(request);
    try {
      return allowed.getAsBoolean() && send(id, request, data, from)
          ? await(request, deadline)
          : Optional.empty();
    } finally {
      unregister(id);
      slots.release();
    }
  }

  private boolean send(int id, PendingRequest request, byte[] data, int from) {
    int written = request.command() == Command.DMA_WRITE ? request.count() : 0;
    int size = Header.BYTES + Dma.BYTES + written;
    synchronized (encoding) {
      message = DirectBuffers.atLeast(message, size);
      message.clear().limit(size);
      Header.ID.put(message, 0, id);
      Header.COMMAND.put(message, 0, request.command().number());
      Header.SIZE.put(message, 0, size);
      Header.FLAGS.put(message, 0, Header.REQUEST);
      Header.ERRNO.put(message, 0, 0);
      Dma.ADDRESS.put(message, Header.BYTES, request.address());
      Dma.COUNT.put(message, Header.BYTES, request.count());
      message.put(Header.BYTES + Dma.BYTES, data, from, written);
      return writer.send(message);
    }
  }

  private static Optional<byte[]> await(PendingRequest request, long deadline) {
    try {
      return request.outcome().get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException | ExecutionException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  private int register(PendingRequest request) {
    synchronized (pending) {
      int id;
      do {
        id = FIRST_ID + nextId++ % FIRST_ID;
        nextId %= FIRST_ID;
      } while (pending.containsKey(id));
      pending.put(id, request);
      if (closed) {
        request.outcome().complete(Optional.empty());
      }
      return id;
    }
  }

  private void unregister(int id) {
    synchronized (pending) {
      pending.remove(id);
    }
  }

  /**
   * Hands a reply to the request that it belongs to.
   *
   * @return false when no request waits for it
   */
  boolean reply(ByteBuffer reply) {
    PendingRequest request;
    synchronized (pending) {
      request = pending.remove(Header.ID.getInt(reply, 0));
    }
    return request != null && request.outcome().complete(outcome(request, reply));
  }

  private static Optional<byte[]> outcome(PendingRequest request, ByteBuffer reply) {
    int body = Header.BYTES;
    boolean read = request.command() == Command.DMA_READ;
    int most = read ? Dma.BYTES + request.count() : Dma.BYTES;
    int least = read ? most : Dma.SHORT_BYTES;
    int length = reply.limit() - body;
    if (Header.COMMAND.get(reply, 0) != request.command().number()
        || (Header.FLAGS.getInt(reply, 0) & Header.ERROR) != 0
        || length < least
        || length > most
        || Dma.ADDRESS.get(reply, body) != request.address()
        || Dma.SHORT_COUNT.get(reply, body) != request.count()) {
      return Optional.empty();
    }
    byte[] data = new byte[read ? request.count() : 0];
    reply.get(body + Dma.BYTES, data, 0, data.length);
    return Optional.of(data);
  }

  /** Refuses the pending requests and all later ones. */
  void close() {
    synchronized (pending) {
      closed = true;
      pending.values().forEach(request -> request.outcome().complete(Optional.empty()));
    }
  }
}
