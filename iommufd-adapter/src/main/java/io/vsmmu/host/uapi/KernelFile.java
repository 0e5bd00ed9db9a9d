package io.vsmmu.host.uapi;

import io.vsmmu.host.HostResult;
import io.vsmmu.host.HostResult.Done;
import io.vsmmu.posix.Errno;
import io.vsmmu.posix.Fd;
import java.lang.foreign.MemorySegment;
import java.util.function.Supplier;

/** A descriptor with the system calls to use on it; turns negative results into refusals. */
record KernelFile(KernelCalls calls, Fd fd) {

  /**
   * Makes a request; {@code answer} is called to read the result from its structure when the kernel
   * succeeded.
   */
  <T> HostResult<T> request(Ioctl request, MemorySegment struct, Supplier<T> answer) {
    int result = calls.ioctl(fd, request.request(), struct);
    return result < 0 ? HostResult.refused(Errno.of(-result)) : HostResult.ok(answer.get());
  }

  /** Makes a request without a result. */
  HostResult<Done> request(Ioctl request, MemorySegment struct) {
    return request(request, struct, () -> Done.DONE);
  }

  /** read(2) of at most the segment's size; returns the number of bytes. */
  HostResult<Integer> read(MemorySegment into) {
    return bytes(calls.read(fd, into));
  }

  /** poll(2) for a read that would not block. */
  HostResult<Boolean> poll(int timeoutMillis) {
    int ready = calls.poll(fd, timeoutMillis);
    return ready < 0 ? HostResult.refused(Errno.of(-ready)) : HostResult.ok(ready > 0);
  }

  void close() {
    calls.close(fd);
  }

  /** Turns the result of read(2) or its like into a number of bytes or a refusal. */
  static HostResult<Integer> bytes(long result) {
    return result < 0
        ? HostResult.refused(Errno.of((int) -result))
        : HostResult.ok(Math.toIntExact(result));
  }
}
