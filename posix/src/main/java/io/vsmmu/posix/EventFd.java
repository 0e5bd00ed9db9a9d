package io.vsmmu.posix;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A counter in the kernel that one side raises and the other waits for: an interrupt line. */
public final class EventFd implements AutoCloseable {

  private static final int EFD_NONBLOCK = 0x800;
  private static final int EFD_CLOEXEC = 0x80000;

  private static final MemorySegment ONE = one();

  private final Fd fd;

  private EventFd(Fd fd) {
    this.fd = fd;
  }

  private static MemorySegment one() {
    MemorySegment one = Arena.global().allocate(ValueLayout.JAVA_LONG);
    one.set(ValueLayout.JAVA_LONG, 0, 1);
    return one;
  }

  /**
   * Makes one, at 0.
   *
   * @throws PosixException when there are too many descriptors
   */
  public static EventFd create() throws PosixException {
    int number = Libc.checked(Libc.CALLS.eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd");
    return new EventFd(Fd.owning(number));
  }

  /** Takes over one that somebody else made, for example a VMM. */
  public static EventFd over(Fd fd) {
    return new EventFd(fd);
  }

  /**
   * Adds 1. Never waits: a counter that is full stays so.
   *
   * @throws PosixException EBADF when it is closed; what write(2) says when it is no eventfd
   */
  public void signal() throws PosixException {
    int number = fd.hold("eventfd write");
    try {
      // The VMM decides whether its eventfd blocks: ask first.
      if (Poll.writable(number)) {
        long written = Libc.CALLS.write(number, ONE.address(), Long.BYTES);
        failUnlessTransient(written, "eventfd write");
      }
    } finally {
      fd.drop();
    }
  }

  /**
   * Waits until the counter is not 0, takes it and sets it to 0. Who wants to close it signals
   * first: closing wakes nobody.
   *
   * @throws PosixException EBADF when it is closed; what read(2) says when it is no eventfd
   */
  public long read() throws PosixException {
    int number = fd.hold("eventfd read");
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = arena.allocate(ValueLayout.JAVA_LONG);
      while (true) {
        Poll.awaitReadable(number);
        long length = Libc.CALLS.read(number, value.address(), Long.BYTES);
        if (length == Long.BYTES) {
          return value.get(ValueLayout.JAVA_LONG, 0);
        }
        if (length >= 0) {
          throw new PosixException("eventfd read", Errno.EINVAL);
        }
        failUnlessTransient(length, "eventfd read");
      }
    } finally {
      fd.drop();
    }
  }

  private static void failUnlessTransient(long result, String call) throws PosixException {
    if (result < 0) {
      int errno = Libc.errno();
      if (errno != Errno.EAGAIN && errno != Errno.EINTR) {
        throw new PosixException(call, errno);
      }
    }
  }

  /** The descriptor, for passing it on. Stays ours. */
  public Fd fd() {
    return fd;
  }

  @Override
  public void close() {
    fd.close();
  }
}
