package io.vsmmu.bench.host;

import io.vsmmu.host.HostResult;
import io.vsmmu.host.uapi.KernelCalls;
import io.vsmmu.posix.DeviceNumber;
import io.vsmmu.posix.Fd;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Optional;

/** The running kernel, with ioctl through JNR-FFI; for use by one thread. */
final class JnrCalls implements KernelCalls {

  private final KernelCalls others = KernelCalls.system();

  @Override
  public int ioctl(Fd fd, int request, MemorySegment argument) {
    return JnrLibc.ioctl(fd.number(), request, argument.address());
  }

  @Override
  public HostResult<Fd> open(Path file) {
    return others.open(file);
  }

  @Override
  public long read(Fd fd, MemorySegment into) {
    return others.read(fd, into);
  }

  @Override
  public long readAt(Fd fd, MemorySegment into, long offset) {
    return others.readAt(fd, into, offset);
  }

  @Override
  public int poll(Fd fd, int timeoutMillis) {
    return others.poll(fd, timeoutMillis);
  }

  @Override
  public HostResult<Optional<DeviceNumber>> deviceNumber(Fd fd) {
    return others.deviceNumber(fd);
  }

  @Override
  public void close(Fd fd) {
    others.close(fd);
  }
}
