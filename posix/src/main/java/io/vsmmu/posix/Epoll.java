package io.vsmmu.posix;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * An epoll(7) instance: waits until one of many descriptors can be read, at a cost that does not
 * grow with their number. Descriptors may be added and removed by any thread; one thread waits.
 */
final class Epoll implements AutoCloseable {

  private static final int EPOLL_CLOEXEC = 0x80000;
  private static final int EPOLL_CTL_ADD = 1;
  private static final int EPOLL_CTL_DEL = 2;
  private static final int EPOLLIN = 1;

  /** struct epoll_event has no padding on x86-64 only (include/uapi/linux/eventpoll.h). */
  private static final boolean PACKED =
      System.getProperty("os.arch").equals("amd64")
          || System.getProperty("os.arch").equals("x86_64");

  private static final long TOKEN = PACKED ? Integer.BYTES : Long.BYTES;
  private static final long EVENT = TOKEN + Long.BYTES;

  private final Fd fd;
  private final MemorySegment ready;

  private Epoll(Fd fd) {
    this.fd = fd;
    this.ready = Arena.ofAuto().allocate(EVENT * PosixLimits.READY_PER_TURN, Long.BYTES);
  }

  /**
   * Creates an instance without descriptors.
   *
   * @throws PosixException EMFILE, ENFILE when no descriptor is left; ENOMEM
   */
  static Epoll create() throws PosixException {
    return new Epoll(
        Fd.owning(Libc.checked(Libc.CALLS.epoll_create1(EPOLL_CLOEXEC), "epoll_create1")));
  }

  /**
   * Waits for a descriptor from now on, until it is removed.
   *
   * @param token identifies the descriptor in {@link #token}
   * @throws PosixException ENOSPC beyond /proc/sys/fs/epoll/max_user_watches; ENOMEM; EBADF when
   *     this is closed
   */
  void add(Fd watched, long token) throws PosixException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment event = arena.allocate(EVENT, Long.BYTES);
      event.set(ValueLayout.JAVA_INT, 0, EPOLLIN);
      event.set(ValueLayout.JAVA_LONG_UNALIGNED, TOKEN, token);
      control(EPOLL_CTL_ADD, watched, event.address());
    }
  }

  /** Waits for a descriptor no longer. */
  void remove(Fd watched) {
    try {
      control(EPOLL_CTL_DEL, watched, 0);
    } catch (PosixException gone) {
      // It was not added, or this is closed: nothing waits for it.
    }
  }

  private void control(int operation, Fd watched, long event) throws PosixException {
    int own = fd.hold("epoll_ctl");
    try {
      int number = watched.hold("epoll_ctl");
      try {
        Libc.checked(Libc.CALLS.epoll_ctl(own, operation, number, event), "epoll_ctl");
      } finally {
        watched.drop();
      }
    } finally {
      fd.drop();
    }
  }

  /**
   * Waits without a timeout until a descriptor can be read, or a signal interrupts the wait.
   *
   * @return the number of descriptors that can be read, at most {@link PosixLimits#READY_PER_TURN}
   */
  int await() {
    return Math.max(
        0,
        Libc.CALLS.epoll_wait(
            fd.anyNumber(), ready.address(), PosixLimits.READY_PER_TURN, Poll.NO_TIMEOUT));
  }

  /** The token of the descriptor number {@code index} that the last {@link #await} found. */
  long token(int index) {
    return ready.get(ValueLayout.JAVA_LONG_UNALIGNED, index * EVENT + TOKEN);
  }

  @Override
  public void close() {
    fd.close();
  }
}
