package io.vsmmu.posix;

import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Accepts connections on any number of Unix sockets with one daemon thread, {@code unix-acceptor}.
 * Thread-safe.
 *
 * <p>The consumers of connections run on that thread, so they must not block. When one throws, the
 * exception is logged and the connection closed.
 */
public final class UnixAcceptor implements AutoCloseable {

  private final Set<SocketListener> sockets = ConcurrentHashMap.newKeySet();
  private final EventFd changed;
  private final Thread thread;
  private volatile boolean closed;

  private UnixAcceptor() throws PosixException {
    changed = EventFd.create();
    thread = new Thread(new AcceptLoop(this), "unix-acceptor");
    thread.setDaemon(true);
  }

  /**
   * Starts an acceptor without sockets.
   *
   * @throws PosixException EMFILE, ENFILE when no descriptor is left
   */
  public static UnixAcceptor start() throws PosixException {
    UnixAcceptor acceptor = new UnixAcceptor();
    acceptor.thread.start();
    return acceptor;
  }

  /**
   * Listens on a socket file, which it creates. A socket file on which no process listens any more
   * is replaced. The file has its mode before a client can connect.
   *
   * @param path at most {@link PosixLimits#SOCKET_PATH} bytes, in an existing directory
   * @param mode permissions of the file, such as 0600
   * @param accepted receives every connection and must close it; runs on the acceptor's thread
   * @throws PosixException EADDRINUSE when another process listens on the file; EEXIST when it is
   *     no socket; ENAMETOOLONG; EBADF when the acceptor is closed; other errors of bind(2) and
   *     chmod(2)
   */
  public SocketListener listen(Path path, int mode, Consumer<UnixStream> accepted)
      throws PosixException {
    SocketListener listening = new SocketListener(this, ListeningSocket.open(path, mode), accepted);
    sockets.add(listening);
    if (closed) {
      listening.close();
      throw new PosixException("listen", Errno.EBADF);
    }
    wake();
    return listening;
  }

  void forget(SocketListener listening) {
    sockets.remove(listening);
    wake();
  }

  /** The open sockets; a live, concurrent view. */
  Set<SocketListener> sockets() {
    return sockets;
  }

  /** Signalled when the set of sockets or {@link #isClosed} changes. */
  EventFd changed() {
    return changed;
  }

  boolean isClosed() {
    return closed;
  }

  private void wake() {
    try {
      changed.signal();
    } catch (PosixException e) {
      if (!closed) {
        throw new IllegalStateException("the acceptor's eventfd failed", e);
      }
    }
  }

  /**
   * Stops listening on every socket, removes their files and ends the thread. Accepted connections
   * stay open.
   */
  @Override
  public void close() {
    closed = true;
    sockets.forEach(SocketListener::close);
    wake();
  }
}
