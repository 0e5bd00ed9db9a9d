package io.vsmmu.posix;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * An eventfd(2): a 64-bit counter in the kernel that one side increments and the other waits for.
 * VFIO and vfio-user use it for interrupts. Owns its descriptor. Thread-safe.
 */
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
   * Creates a non-blocking eventfd with the value 0.
   *
   * @throws PosixException EMFILE, ENFILE when no descriptor is left; ENOMEM
   */
  public static EventFd create() throws PosixException {
    int number = Libc.checked(Libc.CALLS.eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd");
    return new EventFd(Fd.owning(number));
  }

  /**
   * Wraps an eventfd that another process made, for example the VMM; takes the descriptor over. The
   * other process decides whether it blocks, and whether it is an eventfd at all.
   */
  public static EventFd over(Fd fd) {
    return new EventFd(fd);
  }

  /**
   * Adds 1 to the counter. A counter at its maximum is left as it is, since the reader is notified
   * of it anyway.
   *
   * @throws PosixException EBADF when it is closed; other errors of write(2) when it is no eventfd
   */
  public void signal() throws PosixException {
    int number = fd.hold("eventfd write");
    try {
      // An eventfd of a VMM may be a blocking one, so writing to a full counter would block.
      if (Poll.writable(number)) {
        long written = Libc.CALLS.write(number, ONE.address(), Long.BYTES);
        failUnlessTransient(written, "eventfd write");
      }
    } finally {
      fd.drop();
    }
  }

  /**
   * Waits until the counter is not 0, and sets it to 0. Closing it does not end the wait: signal it
   * first.
   *
   * @return the counter's value before
   * @throws PosixException EBADF when it is closed; EINVAL or other errors of read(2) when it is no
   *     eventfd
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
      if (errno != Errno.EAGAIN.number() && errno != Errno.EINTR.number()) {
        throw new PosixException(call, errno);
      }
    }
  }

  /** The descriptor, to pass it to another process; this object still closes it. */
  public Fd fd() {
    return fd;
  }

  @Override
  public void close() {
    fd.close();
  }
}
