package io.vsmmu.host.kernel;

import io.vsmmu.host.HostResult;
import io.vsmmu.host.uapi.KernelCalls;
import io.vsmmu.posix.DeviceNumber;
import io.vsmmu.posix.Errno;
import io.vsmmu.posix.Fd;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.LongSupplier;

/** The calls of the kernel, one of which fails without being made. */
public final class FailingCalls implements KernelCalls {

  private final KernelCalls calls;
  private int made;
  private int failing = -1;
  private Errno failure = Errno.ENOMEM;

  /** Makes all calls until {@link #fail}. */
  public FailingCalls(KernelCalls calls) {
    this.calls = calls;
  }

  /** Makes the nth call from here, from 0, fail; none when {@code nth} is negative. */
  public void fail(int nth, Errno errno) {
    made = 0;
    failing = nth;
    failure = errno;
  }

  /** Calls made since {@link #fail}. */
  public int made() {
    return made;
  }

  private boolean fails() {
    return made++ == failing;
  }

  private long number(boolean fails, LongSupplier call) {
    return fails ? -failure.number() : call.getAsLong();
  }

  @Override
  public HostResult<Fd> open(Path file) {
    return fails() ? HostResult.refused(failure) : calls.open(file);
  }

  @Override
  public int ioctl(Fd fd, int request, MemorySegment argument) {
    return (int) number(fails(), () -> calls.ioctl(fd, request, argument));
  }

  @Override
  public long read(Fd fd, MemorySegment into) {
    return number(fails(), () -> calls.read(fd, into));
  }

  @Override
  public long readAt(Fd fd, MemorySegment into, long offset) {
    return number(fails(), () -> calls.readAt(fd, into, offset));
  }

  @Override
  public int poll(Fd fd, int timeoutMillis) {
    return (int) number(fails(), () -> calls.poll(fd, timeoutMillis));
  }

  @Override
  public HostResult<Optional<DeviceNumber>> deviceNumber(Fd fd) {
    return fails() ? HostResult.refused(failure) : calls.deviceNumber(fd);
  }

  @Override
  public void close(Fd fd) {
    calls.close(fd);
  }
}
