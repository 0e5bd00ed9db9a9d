package io.vsmmu.host.uapi;

import io.vsmmu.host.HostResult;
import io.vsmmu.posix.DeviceCalls;
import io.vsmmu.posix.DeviceNumber;
import io.vsmmu.posix.Fd;
import io.vsmmu.posix.PosixException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Optional;

/** The calls of the running kernel, through {@link DeviceCalls}. */
enum SystemCalls implements KernelCalls {
  INSTANCE;

  @Override
  public HostResult<Fd> open(Path file) {
    try {
      return HostResult.ok(DeviceCalls.open(file));
    } catch (PosixException e) {
      return HostResult.refused(e.errno());
    }
  }

  @Override
  public int ioctl(Fd fd, int request, MemorySegment argument) {
    return DeviceCalls.ioctl(fd, request, argument);
  }

  @Override
  public long read(Fd fd, MemorySegment into) {
    return DeviceCalls.read(fd, into);
  }

  @Override
  public long readAt(Fd fd, MemorySegment into, long offset) {
    return DeviceCalls.readAt(fd, into, offset);
  }

  @Override
  public int poll(Fd fd, int timeoutMillis) {
    return DeviceCalls.awaitReadable(fd, timeoutMillis);
  }

  @Override
  public HostResult<Optional<DeviceNumber>> deviceNumber(Fd fd) {
    try {
      return HostResult.ok(DeviceNumber.of(fd));
    } catch (PosixException e) {
      return HostResult.refused(e.errno());
    }
  }

  @Override
  public void close(Fd fd) {
    fd.close();
  }
}
