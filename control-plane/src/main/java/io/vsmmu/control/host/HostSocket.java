package io.vsmmu.control.host;

import io.vsmmu.host.Advice;
import io.vsmmu.host.kernel.HostProblem;
import io.vsmmu.host.kernel.HostProblem.Kind;
import io.vsmmu.posix.PosixException;
import io.vsmmu.posix.ProcessIdentity;
import io.vsmmu.posix.UnixAcceptor;
import io.vsmmu.posix.UnixStream;
import io.vsmmu.vfiouser.RateLimitedLog;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A Unix socket that takes vfio device files: a process that opened one sends a byte with the
 * descriptor (SCM_RIGHTS) and gets a line of JSON for each. Each connection has a thread of its
 * own, so that none waits for another. Thread-safe.
 */
public final class HostSocket implements AutoCloseable {

  private static final System.Logger LOGGER = System.getLogger(HostSocket.class.getName());

  private static final int ROOT = 0;

  private final LocalHost host;
  private final VmmDescriptorReceiver vmms;
  private final Set<Integer> uids;
  private final UnixAcceptor acceptor;
  private final Set<HostConnection> connections = ConcurrentHashMap.newKeySet();
  private final RateLimitedLog refusals =
      new RateLimitedLog(
          line -> LOGGER.log(Level.WARNING, line),
          LocalHostLimits.LOG_LINES,
          LocalHostLimits.LOG_INTERVAL,
          System::nanoTime);
  private boolean closed;

  private HostSocket(
      LocalHost host,
      VmmDescriptorReceiver vmms,
      Path path,
      Set<Integer> uids,
      UnixAcceptor acceptor)
      throws PosixException {
    this.host = host;
    this.vmms = vmms;
    this.uids = new HashSet<>(uids);
    this.uids.add(ProcessIdentity.effectiveUid());
    this.uids.add(ROOT);
    this.acceptor = acceptor;
    acceptor.listen(path, LocalHostLimits.SOCKET_MODE, this::accepted);
  }

  /**
   * Begins to listen.
   *
   * @param vmms receives the descriptors of VMMs that own devices
   * @param path at most 107 bytes, in a folder that exists
   * @param uids users that may connect, in addition to the service's own and root
   * @throws PosixException when the socket cannot be made
   */
  public static HostSocket open(
      LocalHost host, VmmDescriptorReceiver vmms, Path path, Set<Integer> uids)
      throws PosixException {
    UnixAcceptor acceptor = UnixAcceptor.start();
    try {
      return new HostSocket(host, vmms, path, uids, acceptor);
    } catch (PosixException failed) {
      acceptor.close();
      throw failed;
    }
  }

  /** Runs on the thread of the acceptor, and must not block it. */
  private void accepted(UnixStream stream) {
    try {
      int uid = stream.peer().uid();
      if (!uids.contains(uid)) {
        refuse("user %d may not connect".formatted(uid));
        stream.close();
        return;
      }
      stream.receiveTimeout(LocalHostLimits.SILENCE);
      stream.sendTimeout(LocalHostLimits.ANSWER);
      HostConnection connection = new HostConnection(stream, host, vmms, connections::remove);
      if (!admit(connection)) {
        turnAway(connection);
        return;
      }
      start(connection);
    } catch (PosixException failed) {
      refuse("a connection failed: " + failed.getMessage());
      stream.close();
    }
  }

  private synchronized boolean admit(HostConnection connection) {
    return !closed
        && connections.size() < LocalHostLimits.CONNECTIONS
        && connections.add(connection);
  }

  /**
   * Answers and closes the connection. The answer does not block, because the send buffer is empty.
   */
  private void turnAway(HostConnection connection) {
    refuse("there are %d connections already".formatted(LocalHostLimits.CONNECTIONS));
    try (connection) {
      connection.answer(
          new OfferOutcome.Refused(
              new HostProblem(
                  Kind.BUSY,
                  "host.sock",
                  "%d connections at a time".formatted(LocalHostLimits.CONNECTIONS),
                  Advice.TRY_AGAIN.with())));
    } catch (PosixException gone) {
      refuse("a refused connection was closed by its peer");
    }
  }

  private void start(HostConnection connection) {
    try {
      Thread.ofPlatform().daemon().name("host-socket").start(connection);
    } catch (OutOfMemoryError noThread) {
      connection.close();
      throw noThread;
    }
  }

  private void refuse(String why) {
    refusals.log(() -> "host.sock: " + why);
  }

  /** Stops listening and ends all connections. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    acceptor.close();
    connections.forEach(HostConnection::close);
  }
}
