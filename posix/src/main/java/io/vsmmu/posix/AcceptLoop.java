package io.vsmmu.posix;

import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The thread of a {@link UnixAcceptor}, which waits with one poll(2) for connections on all of its
 * sockets. Entry 0 of the poll set is an eventfd that is signalled when the set of sockets changes.
 */
final class AcceptLoop implements Runnable {

  private static final System.Logger LOG = System.getLogger(AcceptLoop.class.getName());
  private static final int NO_TIMEOUT = -1;

  private final UnixAcceptor acceptor;

  /** The sockets of the poll set: number i is entry i + 1. */
  private List<SocketListener> watched = List.of();

  private MemorySegment entries = MemorySegment.NULL;
  private long nextLog = System.nanoTime();

  AcceptLoop(UnixAcceptor acceptor) {
    this.acceptor = acceptor;
  }

  @Override
  public void run() {
    try (EventFd changed = acceptor.changed()) {
      rebuild(changed);
      while (!acceptor.isClosed()) {
        stepOrPause(changed);
      }
    } catch (PosixException e) {
      LOG.log(Level.ERROR, "connections are no longer accepted, because the thread ended", e);
    }
  }

  /**
   * Keeps the thread alive after any error. When the process has no descriptor left, even loading a
   * class or writing a log line can fail.
   */
  private void stepOrPause(EventFd changed) throws PosixException {
    try {
      step(changed);
    } catch (RuntimeException | Error trouble) {
      pause();
    }
  }

  private void pause() {
    Libc.CALLS.poll(entries.address(), 1, PosixLimits.ACCEPT_PAUSE_MILLIS);
  }

  private void step(EventFd changed) throws PosixException {
    if (Libc.CALLS.poll(entries.address(), watched.size() + 1L, NO_TIMEOUT) < 0) {
      return;
    }
    boolean exhausted = false;
    for (int i = 0; i < watched.size() && !exhausted; i++) {
      exhausted = Poll.result(entries, i + 1) != 0 && !acceptFrom(watched.get(i));
    }
    if (exhausted) {
      // The pending connections keep their sockets readable, so without a pause this would spin.
      pause();
    }
    if (Poll.result(entries, 0) != 0) {
      changed.read();
      rebuild(changed);
    }
  }

  private void rebuild(EventFd changed) {
    watched = List.copyOf(acceptor.sockets());
    entries = Arena.ofAuto().allocate((watched.size() + 1L) * Poll.ENTRY, Integer.BYTES);
    Poll.ask(entries, 0, changed.fd().number(), Poll.IN);
    for (int i = 0; i < watched.size(); i++) {
      Poll.ask(entries, i + 1, watched.get(i).socket().fd().anyNumber(), Poll.IN);
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
