package io.vsmmu.host.uapi;

import io.vsmmu.host.HostResult;
import io.vsmmu.posix.DeviceNumber;
import io.vsmmu.posix.Fd;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Every system call of the host, so that a test can make any of them fail. Numbers are results, or
 * minus the kernel's error. What is said of interrupted calls (EINTR) holds for {@link #system}.
 */
public interface KernelCalls {

  /** open(2) for reading and writing, close-on-exec; made again when interrupted. */
  HostResult<Fd> open(Path file);

  /**
   * ioctl(2), made once: after EINTR the kernel's object is as it was, and the caller decides.
   *
   * @param argument native; {@link MemorySegment#NULL} for a request that takes none
   */
  int ioctl(Fd fd, int request, MemorySegment argument);

  /** read(2); made again when interrupted. */
  long read(Fd fd, MemorySegment into);

  /** write(2); made again when interrupted. */
  long write(Fd fd, MemorySegment from);

  /** pread(2); made again when interrupted. */
  long readAt(Fd fd, MemorySegment into, long offset);

  /** pwrite(2); made again when interrupted. */
  long writeAt(Fd fd, MemorySegment from, long offset);

  /**
   * poll(2) for something to read, going on when interrupted.
   *
   * @param timeoutMillis 0 does not wait
   * @return 0 when the time is over
   */
  int poll(Fd fd, int timeoutMillis);

  /** The device behind a descriptor, from statx(2); empty when it is no character device. */
  HostResult<Optional<DeviceNumber>> deviceNumber(Fd fd);

  /** close(2), never made again: Linux has freed the number even when it is interrupted. */
  void close(Fd fd);

  /** The calls themselves. */
  static KernelCalls system() {
    return SystemCalls.INSTANCE;
  }
}
