package io.vsmmu.posix;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * System calls on open device files and other descriptors. Except for {@link #open}, they throw
 * nothing: each returns the call's result, or the negated errno, as in {@link Errno}; -EBADF when
 * the {@link Fd} is closed. Segments must be native and stay alive until the call returns.
 * Thread-safe.
 *
 * <p>A call that a signal interrupts (EINTR) is repeated, except ioctl: only the caller knows
 * whether the kernel has executed its request already.
 */
public final class DeviceCalls {

  private static final int O_RDWR = 2;
  private static final int O_CLOEXEC = 0x80000;

  private DeviceCalls() {}

  /**
   * Opens a device file with O_RDWR and O_CLOEXEC.
   *
   * @return a descriptor that the caller closes
   * @throws PosixException ENOENT, EACCES, EMFILE and others of open(2), or of the driver
   */
  public static Fd open(Path file) throws PosixException {
    try (Arena arena = Arena.ofConfined()) {
      long name = arena.allocateFrom(file.toString()).address();
      while (true) {
        int number = Libc.CALLS.open(name, O_RDWR | O_CLOEXEC, 0);
        if (number >= 0) {
          return Fd.owning(number);
        }
        if (Libc.errno() != Errno.EINTR.number()) {
          throw Libc.failure("open");
        }
      }
    }
  }

  /**
   * ioctl(2) with a structure as argument; not repeated after EINTR.
   *
   * @param request number of the request, an unsigned 32-bit value
   * @param argument native memory that the kernel reads and writes
   * @return the driver's result, or the negated errno
   */
  public static int ioctl(Fd fd, int request, MemorySegment argument) {
    return ioctl(fd, request, argument.address());
  }

  /**
   * ioctl(2) with a number as argument; not repeated after EINTR.
   *
   * @param request number of the request, an unsigned 32-bit value
   * @param argument 0 for a request without an argument
   * @return the driver's result, or the negated errno
   */
  public static int ioctl(Fd fd, int request, long argument) {
    if (!fd.tryHold()) {
      return -Errno.EBADF.number();
    }
    try {
      return IoctlCall.call(fd.anyNumber(), Integer.toUnsignedLong(request), argument);
    } finally {
      fd.drop();
    }
  }

  /**
   * read(2) of at most the segment's size.
   *
   * @return number of bytes read, 0 at the end of the file, or the negated errno
   */
  public static long read(Fd fd, MemorySegment into) {
    return repeated(fd, number -> Libc.CALLS.read(number, into.address(), into.byteSize()));
  }

  /**
   * write(2) of at most the segment's size.
   *
   * @return number of bytes written, which may be less than the size, or the negated errno
   */
  public static long write(Fd fd, MemorySegment from) {
    return repeated(fd, number -> Libc.CALLS.write(number, from.address(), from.byteSize()));
  }

  /** pread(2), as {@link #read}, from an offset in bytes. */
  public static long readAt(Fd fd, MemorySegment into, long offset) {
    return repeated(
        fd, number -> Libc.CALLS.pread(number, into.address(), into.byteSize(), offset));
  }

  /** pwrite(2), as {@link #write}, at an offset in bytes. */
  public static long writeAt(Fd fd, MemorySegment from, long offset) {
    return repeated(
        fd, number -> Libc.CALLS.pwrite(number, from.address(), from.byteSize(), offset));
  }

  /**
   * fdatasync(2): waits until what was written to a file, and what is needed to read it again, is
   * on its storage device.
   *
   * @return 0, or the negated errno: after EIO it is unknown what is on the device (fs/sync.c,
   *     vfs_fsync_range)
   */
  public static long syncData(Fd fd) {
    return repeated(fd, Libc.CALLS::fdatasync);
  }

  /**
   * poll(2) for POLLIN: waits until a read would not block. An interrupted wait is resumed for the
   * remaining time. Closing the {@link Fd} does not end the wait.
   *
   * @param milliseconds timeout; 0 does not wait
   * @return 1 when there is something to read or the peer has closed its end, 0 after the timeout,
   *     or the negated errno
   */
  public static int awaitReadable(Fd fd, int milliseconds) {
    if (!fd.tryHold()) {
      return -Errno.EBADF.number();
    }
    try {
      long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(milliseconds);
      int left = milliseconds;
      while (true) {
        int ready = Poll.readable(fd.anyNumber(), left);
        if (ready != -Errno.EINTR.number()) {
          return ready;
        }
        left = (int) Math.max(0, TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime()));
      }
    } finally {
      fd.drop();
    }
  }

  /** A system call on a descriptor's number. */
  private interface NumberCall {
    long on(int number);
  }

  private static long repeated(Fd fd, NumberCall call) {
    if (!fd.tryHold()) {
      return -Errno.EBADF.number();
    }
    try {
      while (true) {
        long result = call.on(fd.anyNumber());
        if (result >= 0) {
          return result;
        }
        int errno = Libc.errno();
        if (errno != Errno.EINTR.number()) {
          return -errno;
        }
      }
    } finally {
      fd.drop();
    }
  }
}
