package io.vsmmu.posix;

import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The thread of an acceptor: waits for all its sockets at once. */
final class AcceptLoop implements Runnable {

  private static final System.Logger LOG = System.getLogger(AcceptLoop.class.getName());
  private static final int FOR_EVER = -1;

  private final UnixAcceptor acceptor;
  private List<Listening> watched = List.of();
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
      LOG.log(Level.ERROR, "no more connections are accepted", e);
    }
  }

  /** Without descriptors not even a log line can be written for sure: that must not end us. */
  private void stepOrPause(EventFd changed) throws PosixException {
    try {
      step(changed);
    } catch (RuntimeException | Error trouble) {
      pause();
    }
  }

  private void pause() {
    Libc.CALLS.poll(entries.address(), 1, PosixLimits.BACK_OFF_MILLIS);
  }

  private void step(EventFd changed) throws PosixException {
    if (Libc.CALLS.poll(entries.address(), watched.size() + 1L, FOR_EVER) < 0) {
      return;
    }
    boolean exhausted = false;
    for (int i = 0; i < watched.size() && !exhausted; i++) {
      exhausted = Poll.result(entries, i + 1) != 0 && !acceptFrom(watched.get(i));
    }
    if (exhausted) {
      // What waits keeps its sockets readable: without a pause this thread would spin.
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

  /** Accepts what waits; false when accepting makes no sense for a while. */
  private boolean acceptFrom(Listening listening) {
    for (int i = 0; i < PosixLimits.ACCEPTED_IN_A_ROW; i++) {
      int result = listening.socket().accept();
      if (result >= 0) {
        handOver(new UnixStream(Fd.owning(result)), listening);
      } else if (result == -Errno.EAGAIN || result == -Errno.EBADF) {
        return true;
      } else if (result != -Errno.EINTR && result != -Errno.ECONNABORTED) {
        log(listening, -result);
        return false;
      }
    }
    return true;
  }

  private static void handOver(UnixStream stream, Listening listening) {
    try {
      listening.accepted().accept(stream);
    } catch (RuntimeException | Error e) {
      LOG.log(Level.ERROR, "a connection to " + listening.path() + " was dropped", e);
      stream.close();
    }
  }

  private void log(Listening listening, int errno) {
    long now = System.nanoTime();
    if (now - nextLog >= 0) {
      nextLog = now + TimeUnit.SECONDS.toNanos(PosixLimits.LOG_SECONDS);
      LOG.log(Level.WARNING, "{0} cannot accept: {1}", listening.path(), Errno.name(errno));
    }
  }
}
