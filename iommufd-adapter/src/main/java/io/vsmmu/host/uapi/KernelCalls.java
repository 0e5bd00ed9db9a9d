package io.vsmmu.host.uapi;

import io.vsmmu.host.HostResult;
import io.vsmmu.posix.DeviceNumber;
import io.vsmmu.posix.Fd;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The system calls of this package, as an interface so that a test can make each of them fail. A
 * number is the call's result, or the negated error number. What is said about interrupted calls
 * (EINTR) holds for {@link #system}.
 */
public interface KernelCalls {

  /** open(2) for reading and writing, close-on-exec; repeated when interrupted. */
  HostResult<Fd> open(Path file);

  /**
   * ioctl(2), not repeated when interrupted: only the caller knows whether the request may be made
   * twice.
   *
   * @param argument native; {@link MemorySegment#NULL} for a request that takes none
   */
  int ioctl(Fd fd, int request, MemorySegment argument);

  /** read(2); repeated when interrupted. */
  long read(Fd fd, MemorySegment into);

  /** pread(2); repeated when interrupted. */
  long readAt(Fd fd, MemorySegment into, long offset);

  /**
   * poll(2) for a read that would not block; resumed for the remaining time when interrupted.
   *
   * @param timeoutMillis 0 does not wait
   * @return 0 when the time is over
   */
  int poll(Fd fd, int timeoutMillis);

  /** The device behind a descriptor, from statx(2); empty when it is no character device. */
  HostResult<Optional<DeviceNumber>> deviceNumber(Fd fd);

  /** close(2), never repeated: Linux has freed the number even when the call is interrupted. */
  void close(Fd fd);

  /** The calls of the running kernel. */
  static KernelCalls system() {
    return SystemCalls.INSTANCE;
  }
}
