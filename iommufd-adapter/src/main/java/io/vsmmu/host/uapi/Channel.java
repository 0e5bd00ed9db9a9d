package io.vsmmu.host.uapi;

import io.vsmmu.host.HostResult;
import io.vsmmu.host.HostResult.Done;
import io.vsmmu.posix.Errno;
import io.vsmmu.posix.Fd;
import java.lang.foreign.MemorySegment;
import java.util.function.Supplier;

/** A descriptor and the way to it: requests become results. */
record Channel(KernelCalls calls, Fd fd) {

  /** Makes a request; {@code answer} is read from its structure when the kernel did it. */
  <T> HostResult<T> request(Ioctl request, MemorySegment struct, Supplier<T> answer) {
    int result = calls.ioctl(fd, request.request(), struct);
    return result < 0 ? HostResult.refused(Errno.of(-result)) : HostResult.ok(answer.get());
  }

  /** Makes a request that answers nothing. */
  HostResult<Done> request(Ioctl request, MemorySegment struct) {
    return request(request, struct, () -> Done.DONE);
  }

  /** Reads up to the segment's size; gives the number of bytes. */
  HostResult<Integer> read(MemorySegment into) {
    return bytes(calls.read(fd, into));
  }

  /** Waits for something to read. */
  HostResult<Boolean> poll(int timeoutMillis) {
    int ready = calls.poll(fd, timeoutMillis);
    return ready < 0 ? HostResult.refused(Errno.of(-ready)) : HostResult.ok(ready > 0);
  }

  void close() {
    calls.close(fd);
  }

  /** A result of read, write and their like. */
  static HostResult<Integer> bytes(long result) {
    return result < 0
        ? HostResult.refused(Errno.of((int) -result))
        : HostResult.ok(Math.toIntExact(result));
  }
}
