package io.vsmmu.posix;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * What is done with an open device, without exceptions: each call gives its result, or minus the
 * error as in {@link Errno}; minus EBADF when the descriptor is closed. Segments are native, and
 * stay alive until the call has returned. Thread-safe.
 *
 * <p>A call that a signal interrupts (EINTR) is made again, except ioctl: only the caller knows
 * whether its request may have been carried out.
 */
public final class DeviceCalls {

  private static final int O_RDWR = 2;
  private static final int O_CLOEXEC = 0x80000;

  private DeviceCalls() {}

  /**
   * Opens a device file for reading and writing, close-on-exec. An interrupted open is tried again.
   *
   * @throws PosixException what open(2) says
   */
  public static Fd open(Path file) throws PosixException {
    try (Arena arena = Arena.ofConfined()) {
      long name = arena.allocateFrom(file.toString()).address();
      while (true) {
        int number = Libc.CALLS.open(name, O_RDWR | O_CLOEXEC, 0);
        if (number >= 0) {
          return Fd.owning(number);
        }
        if (Libc.errno() != Errno.EINTR) {
          throw Libc.failure("open");
        }
      }
    }
  }

  /**
   * ioctl(2) with a structure as argument, once.
   *
   * @param request the request's number, unsigned
   * @param argument what the kernel reads and writes
   */
  public static int ioctl(Fd fd, int request, MemorySegment argument) {
    return ioctl(fd, request, argument.address());
  }

  /**
   * ioctl(2) with a number as argument, once.
   *
   * @param request the request's number, unsigned
   * @param argument 0 for requests that take none
   */
  public static int ioctl(Fd fd, int request, long argument) {
    if (!fd.tryHold()) {
      return -Errno.EBADF;
    }
    try {
      return Ioctl.call(fd.anyNumber(), Integer.toUnsignedLong(request), argument);
    } finally {
      fd.drop();
    }
  }

  /** read(2) of up to the segment's size. */
  public static long read(Fd fd, MemorySegment into) {
    return repeated(fd, number -> Libc.CALLS.read(number, into.address(), into.byteSize()));
  }

  /** write(2) of up to the segment's size. */
  public static long write(Fd fd, MemorySegment from) {
    return repeated(fd, number -> Libc.CALLS.write(number, from.address(), from.byteSize()));
  }

  /** pread(2) of up to the segment's size. */
  public static long readAt(Fd fd, MemorySegment into, long offset) {
    return repeated(
        fd, number -> Libc.CALLS.pread(number, into.address(), into.byteSize(), offset));
  }

  /** pwrite(2) of up to the segment's size. */
  public static long writeAt(Fd fd, MemorySegment from, long offset) {
    return repeated(
        fd, number -> Libc.CALLS.pwrite(number, from.address(), from.byteSize(), offset));
  }

  /**
   * poll(2): waits until a read would not wait. An interrupted wait goes on for the time that is
   * left. Closing the descriptor does not end the wait.
   *
   * @param milliseconds at most this long; 0 does not wait
   * @return 1 when there is something to read or the other end is gone, 0 when the time is over
   */
  public static int awaitReadable(Fd fd, int milliseconds) {
    if (!fd.tryHold()) {
      return -Errno.EBADF;
    }
    try {
      long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(milliseconds);
      int left = milliseconds;
      while (true) {
        int ready = Poll.readable(fd.anyNumber(), left);
        if (ready != -Errno.EINTR) {
          return ready;
        }
        left = (int) Math.max(0, TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime()));
      }
    } finally {
      fd.drop();
    }
  }

  /** A call on a descriptor's number. */
  private interface NumberCall {
    long on(int number);
  }

  private static long repeated(Fd fd, NumberCall call) {
    if (!fd.tryHold()) {
      return -Errno.EBADF;
    }
    try {
      while (true) {
        long result = call.on(fd.anyNumber());
        if (result >= 0) {
          return result;
        }
        int errno = Libc.errno();
        if (errno != Errno.EINTR) {
          return -errno;
        }
      }
    } finally {
      fd.drop();
    }
  }
}
