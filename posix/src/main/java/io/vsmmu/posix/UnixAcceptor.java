package io.vsmmu.posix;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Accepts connections on any number of Unix sockets with one daemon thread, {@code unix-acceptor}.
 * What a socket costs does not grow with the number of the others. Thread-safe.
 *
 * <p>The consumers of connections run on that thread, so they must not block. When one throws, the
 * exception is logged and the connection closed.
 */
public final class UnixAcceptor implements AutoCloseable {

  /** The token of {@link #closing}; those of sockets are greater. */
  static final long CLOSING = 0;

  private final ConcurrentMap<Long, SocketListener> sockets = new ConcurrentHashMap<>();
  private final AtomicLong lastToken = new AtomicLong(CLOSING);
  private final Epoll epoll;
  private final EventFd closing;
  private final LongSupplier limit;
  private final Thread thread;
  private volatile boolean closed;

  private UnixAcceptor(Epoll epoll, EventFd closing, LongSupplier limit) throws PosixException {
    this.limit = limit;
    this.epoll = epoll;
    this.closing = closing;
    epoll.add(closing.fd(), CLOSING);
    thread = new Thread(new AcceptLoop(this), "unix-acceptor");
    thread.setDaemon(true);
  }

  /**
   * Starts an acceptor without sockets.
   *
   * @throws PosixException EMFILE, ENFILE when no descriptor is left
   */
  public static UnixAcceptor start() throws PosixException {
    return start(DescriptorLimit::ofProcess);
  }

  /**
   * As {@link #start()}, with another limit.
   *
   * @param limit descriptors that the process may have open
   */
  public static UnixAcceptor start(LongSupplier limit) throws PosixException {
    Epoll epoll = Epoll.create();
    try {
      UnixAcceptor acceptor = new UnixAcceptor(epoll, EventFd.create(), limit);
      acceptor.thread.start();
      return acceptor;
    } catch (PosixException e) {
      epoll.close();
      throw e;
    }
  }

  /**
   * Listens on a socket file, which it creates. A socket file on which no process listens any more
   * is replaced. The file has its mode before a client can connect.
   *
   * @param path at most {@link PosixLimits#SOCKET_PATH} bytes, in an existing directory
   * @param mode permissions of the file, such as 0600
   * @param accepted receives every connection and must close it; runs on the acceptor's thread
   * @throws PosixException EADDRINUSE when another process listens on the file; EEXIST when it is
   *     no socket; ENAMETOOLONG; EMFILE when no descriptor is left beyond {@link
   *     PosixLimits#RESERVED_DESCRIPTORS}; ENFILE; EBADF when the acceptor is closed; other errors
   *     of bind(2), chmod(2) and epoll_ctl(2)
   */
  public SocketListener listen(Path path, int mode, Consumer<UnixStream> accepted)
      throws PosixException {
    checkRoom();
    SocketListener listening =
        new SocketListener(
            this, lastToken.incrementAndGet(), ListeningSocket.open(path, mode), accepted);
    sockets.put(listening.token(), listening);
    try {
      epoll.add(listening.socket().fd(), listening.token());
    } catch (PosixException e) {
      listening.close();
      throw closed ? ended() : e;
    }
    if (closed) {
      listening.close();
      throw ended();
    }
    return listening;
  }

  /**
   * Checks that one more socket leaves {@link PosixLimits#RESERVED_DESCRIPTORS} descriptors for
   * connections and everything else. The kernel gives the lowest free number, so a number is the
   * number of descriptors that are open at least; sockets are only given lower ones than the
   * reserved.
   *
   * @throws PosixException EMFILE without room; ENFILE
   */
  public void checkRoom() throws PosixException {
    try (Fd lowest = UnixStream.socket(0)) {
      if (lowest.number() >= limit.getAsLong() - PosixLimits.RESERVED_DESCRIPTORS) {
        throw new PosixException("socket", Errno.EMFILE);
      }
    }
  }

  private static PosixException ended() {
    return new PosixException("listen", Errno.EBADF);
  }

  void forget(SocketListener listening) {
    sockets.remove(listening.token());
    epoll.remove(listening.socket().fd());
  }

  /** The open socket with this token; null when it is closed. */
  @Nullable SocketListener socket(long token) {
    return sockets.get(token);
  }

  Epoll epoll() {
    return epoll;
  }

  /** Signalled when {@link #isClosed} changes. */
  EventFd closing() {
    return closing;
  }

  boolean isClosed() {
    return closed;
  }

  /**
   * Stops listening on every socket, removes their files and ends the thread. Accepted connections
   * stay open.
   */
  @Override
  public void close() {
    closed = true;
    List.copyOf(sockets.values()).forEach(SocketListener::close);
    try {
      closing.signal();
    } catch (PosixException ended) {
      // The thread has ended and closed it.
    }
  }
}
