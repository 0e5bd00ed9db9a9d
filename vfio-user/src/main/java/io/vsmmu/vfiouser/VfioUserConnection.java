package io.vsmmu.vfiouser;

import io.vsmmu.posix.Errno;
import io.vsmmu.posix.PosixException;
import io.vsmmu.posix.UnixStream;
import io.vsmmu.vfiouser.ConnectionEnd.Reason;
import io.vsmmu.vfiouser.MessageLayout.Header;
import io.vsmmu.vfiouser.memory.DmaChannel;
import io.vsmmu.vfiouser.pci.EmulatedConfigSpace;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A VMM that uses a function of ours as a PCI device. One thread {@link #run}s it, and lends a
 * second one to the function while that works; {@link #close} and what {@link VmmLink} has may come
 * from any other.
 */
public final class VfioUserConnection implements VmmLink, AutoCloseable {

  private static final Logger LOGGER = System.getLogger(VfioUserConnection.class.getName());

  private final UnixStream stream;
  private final PciFunction function;
  private final ProtocolLimits limits;
  private final EmulatedConfigSpace config;
  private final MessageReader reader;
  private final MessageWriter writer;
  private final DmaRequests dma;
  private final IntxLine intx;
  private final RequestHandler requests;
  private final ReplyMessage reply = new ReplyMessage();
  private final RateLimitedLog log =
      new RateLimitedLog(
          line -> LOGGER.log(Level.WARNING, line),
          ProtocolLimits.LOG_LINES,
          ProtocolLimits.LOG_INTERVAL,
          System::nanoTime);
  private final AtomicBoolean started = new AtomicBoolean();

  /** Held by the thread that reads. */
  private final ReentrantLock reading = new ReentrantLock();

  /** When the VMM must have negotiated itself, in {@link System#nanoTime}'s time. */
  private volatile long negotiated;

  private volatile @Nullable ConnectionEnd seen;
  private @Nullable Thread mate;
  private volatile boolean closing;
  private volatile long refused;
  private volatile long stray;

  /**
   * @param stream to the VMM; closed when the connection is over
   * @param function what the VMM uses; stays the caller's
   */
  public VfioUserConnection(UnixStream stream, PciFunction function, ProtocolLimits limits) {
    this.stream = stream;
    this.function = function;
    this.limits = limits;
    this.config = new EmulatedConfigSpace(function.barBytes(), function.romBytes());
    this.reader = new MessageReader(stream, limits.messageTimeout());
    this.writer = new MessageWriter(stream);
    this.dma = new DmaRequests(writer, config::mayAccessMemory, limits);
    this.intx = new IntxLine(config);
    this.requests = new RequestHandler(function, config, intx, dma);
  }

  /**
   * Serves the VMM until one of both has enough. Then the function has no memory and is no bus
   * master any more, who waits for memory is refused, all descriptors are closed.
   *
   * @return why it is over; nothing is thrown, whatever the VMM sends
   * @throws IllegalStateException when it ran already
   */
  public ConnectionEnd run() {
    if (!started.compareAndSet(false, true)) {
      throw new IllegalStateException("a connection runs once");
    }
    ConnectionEnd end = guarded(this::serve);
    ConnectionEnd fault = guarded(this::end);
    awaitMate();
    stream.close();
    return fault == null ? told(end) : fault;
  }

  private void awaitMate() {
    Thread other = mate();
    try {
      if (other != null) {
        other.join();
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized @Nullable Thread mate() {
    return mate;
  }

  /** Lets a part of the way fail without anybody but the caller noticing. */
  private static @Nullable ConnectionEnd guarded(Part part) {
    try {
      return part.run();
    } catch (PosixException e) {
      return ended(e, Reason.RECEIVE_FAILED);
    } catch (RuntimeException | Error e) {
      LOGGER.log(Level.ERROR, "A connection of a VMM failed", e);
      return new ConnectionEnd(Reason.INTERNAL, e.toString());
    }
  }

  /** Why the socket failed: a VMM that goes without reading our last answers resets it. */
  private static ConnectionEnd ended(PosixException failure, Reason otherwise) {
    boolean gone = failure.errno() == Errno.EPIPE || failure.errno() == Errno.ECONNRESET;
    return gone
        ? new ConnectionEnd(Reason.CLOSED_BY_VMM, "the VMM closed the connection under way")
        : new ConnectionEnd(otherwise, String.valueOf(failure.getMessage()));
  }

  private interface Part {
    @Nullable ConnectionEnd run() throws PosixException;
  }

  private ConnectionEnd told(@Nullable ConnectionEnd seen) {
    PosixException failure = writer.failure();
    if (closing) {
      return new ConnectionEnd(Reason.CLOSED_HERE, "closed by the service");
    }
    if (failure != null) {
      return ended(failure, Reason.SEND_FAILED);
    }
    return seen == null ? new ConnectionEnd(Reason.INTERNAL, "ended without a reason") : seen;
  }

  private @Nullable ConnectionEnd serve() throws PosixException {
    stream.sendTimeout(limits.sendTimeout());
    negotiated = System.nanoTime() + limits.negotiationTimeout().toNanos();
    takeTurns();
    return seen;
  }

  /** Two threads: one reads while the other does the work that the messages left. */
  private void takeTurns() {
    while (readUntilWork()) {
      callMate();
      ConnectionEnd broken = guarded(this::work);
      if (broken != null) {
        seen = broken;
        stream.shutdown();
      }
    }
  }

  /** Whether the connection goes on. Only the thread that reads says that there is work. */
  private boolean readUntilWork() {
    reading.lock();
    try {
      dma.reader(Thread.currentThread());
      ConnectionEnd end = seen;
      while (end == null) {
        end = guarded(this::message);
        if (end == null && function.hasWork()) {
          return true;
        }
      }
      // Work that broke told its reason first, and ended the stream.
      seen = seen == null ? end : seen;
      // Whoever works waits for nothing that could still come.
      function.ending();
      dma.close();
      return false;
    } finally {
      dma.reader(null);
      reading.unlock();
    }
  }

  /** The second thread comes with the first work. */
  private synchronized void callMate() {
    if (mate == null) {
      mate =
          Thread.ofPlatform()
              .daemon()
              .name(Thread.currentThread().getName() + "-mate")
              .start(this::takeTurns);
    }
  }

  private @Nullable ConnectionEnd work() {
    function.work();
    return null;
  }

  private @Nullable ConnectionEnd message() throws PosixException {
    ConnectionEnd end = requests.negotiated() ? reader.next() : reader.first(negotiated);
    return end == null ? handle(reader.message()) : end;
  }

  private @Nullable ConnectionEnd end() {
    stream.shutdown();
    reader.closeDescriptors();
    requests.end();
    return null;
  }

  private @Nullable ConnectionEnd handle(ByteBuffer message) {
    int flags = Header.FLAGS.getInt(message, 0);
    if ((flags & Header.TYPE_MASK) == Header.REPLY) {
      reply(message);
      return null;
    }
    Command command = Command.of(Header.COMMAND.getInt(message, 0));
    int errno = requests.answer(command, message, reader.descriptors(), reply);
    if ((flags & Header.NO_REPLY) == 0) {
      // When it cannot be sent the stream is shut down, and the next read finds its end.
      writer.send(errno == 0 ? reply.finish(message) : reply.refuse(message, errno));
    }
    return errno == 0 ? null : refused(command, errno, message);
  }

  private void reply(ByteBuffer message) {
    if (!dma.reply(message)) {
      stray = stray + 1;
      int id = Header.ID.getInt(message, 0);
      log.log(
          () ->
              "%s: answers 0x%x, which nobody asked"
                  .formatted(Thread.currentThread().getName(), id));
    }
  }

  private @Nullable ConnectionEnd refused(
      @Nullable Command command, int errno, ByteBuffer message) {
    refused = refused + 1;
    String what =
        command == null ? "command " + Header.COMMAND.get(message, 0) : command.toString();
    log.log(
        () ->
            "%s: asked for what we refuse: %s: %s"
                .formatted(Thread.currentThread().getName(), what, Errno.text(errno)));
    if (!requests.negotiated()) {
      return new ConnectionEnd(
          Reason.NOT_NEGOTIATED, "it began with a " + what + " that we refuse");
    }
    return refused <= limits.refusals()
        ? null
        : new ConnectionEnd(Reason.TOO_MANY_REFUSALS, refused + " requests refused");
  }

  /** Requests refused so far. */
  public long refusedRequests() {
    return refused;
  }

  /** Replies that nobody waited for, so far. */
  public long strayReplies() {
    return stray;
  }

  @Override
  public DmaChannel dma() {
    return dma;
  }

  @Override
  public boolean peerGone() {
    return stream.peerGone();
  }

  @Override
  public void raiseInterrupt() {
    intx.raise();
  }

  @Override
  public boolean mayAccessMemory() {
    return config.mayAccessMemory();
  }

  /** Where BAR0 answers; empty while it does not. */
  public OptionalLong barAddress() {
    return config.barAddress();
  }

  /** Ends the connection: {@link #run} comes back soon, or never does anything. */
  @Override
  public void close() {
    closing = true;
    stream.shutdown();
    if (started.compareAndSet(false, true)) {
      stream.close();
    }
  }
}
