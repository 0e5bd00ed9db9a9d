package io.vsmmu.vfiouser;

import static io.vsmmu.vfiouser.EndDiagnosis.guarded;

import io.vsmmu.posix.PosixException;
import io.vsmmu.posix.UnixStream;
import io.vsmmu.vfiouser.memory.DmaChannel;
import io.vsmmu.vfiouser.pci.EmulatedConfigSpace;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The connection of one VMM that uses a function of this process as a PCI device. One thread {@link
 * #run}s it; the connection adds a second one while the function works ({@link LeaderFollower}).
 * {@link #close} and the methods of {@link VmmLink} may be called by any other.
 */
public final class VfioUserConnection implements VmmLink, AutoCloseable {

  private final UnixStream stream;
  private final PciFunction function;
  private final ProtocolLimits limits;
  private final EmulatedConfigSpace config;
  private final MessageReader reader;
  private final DmaRequests dma;
  private final IntxLine intx;
  private final RequestHandler requests;
  private final MessageDispatcher dispatcher;
  private final EndDiagnosis diagnosis;
  private final LeaderFollower threads;
  private final AtomicBoolean started = new AtomicBoolean();

  /** Until when the VMM must have negotiated a version, in {@link System#nanoTime}'s time. */
  private volatile long negotiationDeadline;

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
    MessageWriter writer = new MessageWriter(stream);
    this.dma = new DmaRequests(writer, config::mayAccessMemory, limits);
    this.intx = new IntxLine(config);
    this.requests = new RequestHandler(function, config, intx, dma);
    this.dispatcher = new MessageDispatcher(requests, dma, writer, limits.refusals());
    this.diagnosis = new EndDiagnosis(writer);
    this.threads = new LeaderFollower(new ServingTask(), LeadWatch.OF_PROCESS);
    dma.beforeWaiting(threads::giveUp);
  }

  /**
   * Serves the VMM until either side closes the connection. Afterwards the function has no memory
   * and is no bus master any more, pending reads and writes of guest memory are refused, and all
   * descriptors are closed.
   *
   * @return why it is over; nothing that the VMM sends makes this method throw
   * @throws IllegalStateException when it was called before
   */
  public ConnectionEnd run() {
    if (!started.compareAndSet(false, true)) {
      throw new IllegalStateException("a connection runs once");
    }
    ConnectionEnd served = guarded(this::serve);
    ConnectionEnd fault = guarded(this::releaseFunction);
    threads.joinFollower();
    stream.close();
    return fault == null ? diagnosis.result(served) : fault;
  }

  private @Nullable ConnectionEnd serve() throws PosixException {
    stream.sendTimeout(limits.sendTimeout());
    negotiationDeadline = System.nanoTime() + limits.negotiationTimeout().toNanos();
    threads.run();
    return diagnosis.observed();
  }

  private @Nullable ConnectionEnd releaseFunction() {
    stream.shutdown();
    reader.closeDescriptors();
    requests.end();
    return null;
  }

  /** What the two threads of the connection do. */
  private final class ServingTask implements LeaderFollower.Task {

    @Override
    public boolean readUntilWork() {
      dma.reader(Thread.currentThread());
      try {
        ConnectionEnd end = diagnosis.observed();
        while (end == null) {
          end = guarded(this::message);
          // Only the leader looks for work, so that one thread takes it.
          if (end == null && function.hasWork()) {
            end = guarded(this::messagesMeanwhile);
            if (end == null) {
              return true;
            }
          }
        }
        diagnosis.observedAtSocket(end);
        // No further message is read, so the other thread must not wait for one.
        function.connectionEnding();
        dma.close();
        return false;
      } finally {
        dma.reader(null);
      }
    }

    private @Nullable ConnectionEnd message() throws PosixException {
      ConnectionEnd end = requests.negotiated() ? reader.next() : reader.first(negotiationDeadline);
      return end == null ? dispatch() : end;
    }

    private @Nullable ConnectionEnd dispatch() {
      return dispatcher.dispatch(reader.message(), reader.descriptors());
    }

    /**
     * Handles what the VMM has sent since, so that several doorbells become one slice of the queue,
     * and reads that were sent before the work are answered before it.
     */
    private @Nullable ConnectionEnd messagesMeanwhile() throws PosixException {
      ConnectionEnd end = null;
      int more = ProtocolLimits.MESSAGES_BEFORE_WORK;
      while (end == null && more-- > 0 && reader.available()) {
        end = reader.end();
        if (end == null) {
          end = dispatch();
        }
      }
      return end;
    }

    @Override
    public void work() {
      ConnectionEnd fault = guarded(this::workOfFunction);
      if (fault != null) {
        diagnosis.functionFailed(fault);
        stream.shutdown();
      }
    }

    private @Nullable ConnectionEnd workOfFunction() {
      function.work();
      return null;
    }
  }

  /** The number of requests that were refused so far. */
  public long refusedRequests() {
    return dispatcher.refusedRequests();
  }

  /** The number of replies so far to a message that waited for none. */
  public long unmatchedReplies() {
    return dispatcher.unmatchedReplies();
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

  /** The address of BAR0 on the PCI bus; empty while the function does not decode memory. */
  public OptionalLong barAddress() {
    return config.barAddress();
  }

  /** Ends the connection: {@link #run} returns soon, or throws when it is called later. */
  @Override
  public void close() {
    diagnosis.closedByService();
    stream.shutdown();
    if (started.compareAndSet(false, true)) {
      stream.close();
    }
  }
}
