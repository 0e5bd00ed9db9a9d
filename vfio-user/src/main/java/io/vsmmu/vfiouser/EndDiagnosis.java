package io.vsmmu.vfiouser;

import io.vsmmu.posix.Errno;
import io.vsmmu.posix.PosixException;
import io.vsmmu.vfiouser.ConnectionEnd.Reason;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;

/**
 * Finds out why a connection ended. Several threads may see an end: the leader at the socket, the
 * working thread a fault of the function, any thread a message that cannot be sent, and a caller
 * may have closed the connection. Thread-safe, without a lock.
 */
final class EndDiagnosis {

  private static final Logger LOGGER = System.getLogger(EndDiagnosis.class.getName());

  private final MessageWriter writer;
  private volatile @Nullable ConnectionEnd observed;
  private volatile boolean closedByService;

  EndDiagnosis(MessageWriter writer) {
    this.writer = writer;
  }

  /** A step of the connection that may fail. */
  interface Step {
    /** Returns why the connection is over after it; null when the connection continues. */
    @Nullable ConnectionEnd run() throws PosixException;
  }

  /** Runs a step. A failure of it ends the connection and no other one. */
  static @Nullable ConnectionEnd guarded(Step step) {
    try {
      return step.run();
    } catch (PosixException e) {
      return ofFailure(e, Reason.RECEIVE_FAILED);
    } catch (RuntimeException | Error e) {
      LOGGER.log(Level.ERROR, "A connection of a VMM failed", e);
      return new ConnectionEnd(Reason.INTERNAL, e.toString());
    }
  }

  /** A VMM that closes its socket before it has read the last replies resets the connection. */
  private static ConnectionEnd ofFailure(PosixException failure, Reason otherwise) {
    boolean closed = failure.errno() == Errno.EPIPE || failure.errno() == Errno.ECONNRESET;
    return closed
        ? new ConnectionEnd(Reason.CLOSED_BY_VMM, "the VMM closed the connection under way")
        : new ConnectionEnd(otherwise, String.valueOf(failure.getMessage()));
  }

  /** What was observed so far; null while the connection continues. */
  @Nullable ConnectionEnd observed() {
    return observed;
  }

  /** Notes an end at the socket, unless one was noted before: a fault shuts the socket down. */
  void observedAtSocket(ConnectionEnd end) {
    observed = observed == null ? end : observed;
  }

  /** Notes that the function failed while it worked. */
  void functionFailed(ConnectionEnd fault) {
    observed = fault;
  }

  /** Notes that the service closes the connection. */
  void closedByService() {
    closedByService = true;
  }

  /**
   * Why the connection is over: because the service closed it, before a message that could not be
   * sent, before {@code served}.
   *
   * @param served the end that the serving thread has seen
   */
  ConnectionEnd result(@Nullable ConnectionEnd served) {
    PosixException failure = writer.failure();
    if (closedByService) {
      return new ConnectionEnd(Reason.CLOSED_HERE, "closed by the service");
    }
    if (failure != null) {
      return ofFailure(failure, Reason.SEND_FAILED);
    }
    return served == null ? new ConnectionEnd(Reason.INTERNAL, "ended without a reason") : served;
  }
}
