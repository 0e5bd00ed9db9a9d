package io.vsmmu.posix;

import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Accepts connections of any number of Unix sockets with one daemon thread. Thread-safe.
 *
 * <p>A consumer runs in that thread, so it only passes the stream on. When it throws, that is
 * logged and the stream closed.
 */
public final class UnixAcceptor implements AutoCloseable {

  private final Set<Listening> sockets = ConcurrentHashMap.newKeySet();
  private final EventFd changed;
  private final Thread thread;
  private volatile boolean closed;

  private UnixAcceptor() throws PosixException {
    changed = EventFd.create();
    thread = new Thread(new AcceptLoop(this), "unix-acceptor");
    thread.setDaemon(true);
  }

  /**
   * Starts one.
   *
   * @throws PosixException when descriptors have run out
   */
  public static UnixAcceptor start() throws PosixException {
    UnixAcceptor acceptor = new UnixAcceptor();
    acceptor.thread.start();
    return acceptor;
  }

  /**
   * Listens. A socket file that nobody listens on any more is replaced. The file has its mode
   * before anybody can connect.
   *
   * @param path at most {@link PosixLimits#SOCKET_PATH} bytes, in a directory that exists
   * @param mode permissions, such as 0600
   * @param accepted gets every connection, and owns it
   * @throws PosixException EADDRINUSE when somebody listens there; EEXIST when it is no socket;
   *     ENAMETOOLONG; EBADF when the acceptor is closed; what bind(2) and chmod(2) say
   */
  public Listening listen(Path path, int mode, Consumer<UnixStream> accepted)
      throws PosixException {
    Listening listening = new Listening(this, ListeningSocket.open(path, mode), accepted);
    sockets.add(listening);
    if (closed) {
      listening.close();
      throw new PosixException("listen", Errno.EBADF);
    }
    wake();
    return listening;
  }

  void forget(Listening listening) {
    sockets.remove(listening);
    wake();
  }

  /** The sockets to watch now. */
  Set<Listening> sockets() {
    return sockets;
  }

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
        throw new IllegalStateException("an eventfd of ours failed", e);
      }
    }
  }

  /** Stops listening everywhere and removes the files. Streams that were accepted stay. */
  @Override
  public void close() {
    closed = true;
    sockets.forEach(Listening::close);
    wake();
  }
}
