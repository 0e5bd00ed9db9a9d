package io.vsmmu.posix;

import java.lang.System.Logger.Level;
import java.util.concurrent.TimeUnit;

/**
 * The thread of a {@link UnixAcceptor}, which waits with one epoll(7) for connections on all of its
 * sockets.
 */
final class AcceptLoop implements Runnable {

  private static final System.Logger LOG = System.getLogger(AcceptLoop.class.getName());

  private final UnixAcceptor acceptor;
  private long nextLog = System.nanoTime();

  AcceptLoop(UnixAcceptor acceptor) {
    this.acceptor = acceptor;
  }

  @Override
  public void run() {
    try (EventFd closing = acceptor.closing();
        Epoll epoll = acceptor.epoll()) {
      while (closing.fd().isOpen() && !acceptor.isClosed()) {
        stepOrPause(epoll);
      }
    }
  }

  /**
   * Keeps the thread alive after any error. When the process has no descriptor left, even loading a
   * class or writing a log line can fail.
   */
  private void stepOrPause(Epoll epoll) {
    try {
      step(epoll);
    } catch (RuntimeException | Error trouble) {
      pause();
    }
  }

  private static void pause() {
    Libc.CALLS.poll(0, 0, PosixLimits.ACCEPT_PAUSE_MILLIS);
  }

  private void step(Epoll epoll) {
    int ready = epoll.await();
    for (int i = 0; i < ready; i++) {
      SocketListener listening = acceptor.socket(epoll.token(i));
      if (listening != null && !acceptFrom(listening)) {
        // The pending connections keep their sockets readable, so without a pause this would spin.
        pause();
        return;
      }
    }
  }

  /**
   * Accepts pending connections of one socket.
   *
   * @return false when accept4(2) failed for lack of a resource, so that the caller should pause
   */
  private boolean acceptFrom(SocketListener listening) {
    for (int i = 0; i < PosixLimits.ACCEPTS_PER_TURN; i++) {
      int result = listening.socket().accept();
      if (result >= 0) {
        handOver(new UnixStream(Fd.owning(result)), listening);
      } else if (result == -Errno.EAGAIN.number() || result == -Errno.EBADF.number()) {
        return true;
      } else if (result != -Errno.EINTR.number() && result != -Errno.ECONNABORTED.number()) {
        log(listening, -result);
        return false;
      }
    }
    return true;
  }

  private static void handOver(UnixStream stream, SocketListener listening) {
    try {
      listening.accepted().accept(stream);
    } catch (RuntimeException | Error e) {
      LOG.log(Level.ERROR, "a connection to " + listening.path() + " was dropped", e);
      stream.close();
    }
  }

  private void log(SocketListener listening, int errno) {
    long now = System.nanoTime();
    if (now - nextLog >= 0) {
      nextLog = now + TimeUnit.SECONDS.toNanos(PosixLimits.LOG_SECONDS);
      LOG.log(Level.WARNING, "{0} cannot accept: {1}", listening.path(), Errno.text(errno));
    }
  }
}
