package io.vsmmu.host.kernel;

import io.vsmmu.host.HostResult;
import io.vsmmu.host.uapi.Ioctl;
import io.vsmmu.host.uapi.KernelCalls;
import io.vsmmu.posix.DeviceNumber;
import io.vsmmu.posix.Errno;
import io.vsmmu.posix.Fd;
import io.vsmmu.posix.Memfd;
import io.vsmmu.posix.PosixException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * System calls that only return descriptors and ids, count the calls, and fail as a test arranges.
 * It opens the files that exist below a test's folder.
 */
final class FakeKernel implements KernelCalls {

  private static final int OUT_DEVID = 12;

  private final List<Fd> opened = new ArrayList<>();
  private final Map<String, DeviceNumber> numbers = new HashMap<>();
  private final Map<Fd, DeviceNumber> devices = new HashMap<>();
  private final Map<Ioctl, Errno> refusals = new HashMap<>();
  private final List<Ioctl> requests = new ArrayList<>();
  private int calls;
  private int failing = -1;
  private Errno failure = Errno.EIO;
  private int lastId;

  /** Makes the nth call from here, from 0, fail. */
  void fail(int nth, Errno errno) {
    calls = 0;
    failing = nth;
    failure = errno;
  }

  /** Makes every request of this kind fail. */
  void refuse(Ioctl request, Errno errno) {
    refusals.put(request, errno);
  }

  /** The device behind a file of this name. */
  void number(String fileName, DeviceNumber number) {
    numbers.put(fileName, number);
  }

  int calls() {
    return calls;
  }

  List<Ioctl> requests() {
    return requests;
  }

  /** Number of the returned descriptors that are still open. */
  long open() {
    return opened.stream().filter(Fd::isOpen).count();
  }

  /** A descriptor as another process would have opened it. */
  Fd foreign(DeviceNumber number) {
    Fd fd = descriptor();
    if (number != null) {
      devices.put(fd, number);
    }
    return fd;
  }

  private boolean fails() {
    return calls++ == failing;
  }

  private Fd descriptor() {
    try {
      Fd fd = Memfd.create("fake", 0);
      opened.add(fd);
      return fd;
    } catch (PosixException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public HostResult<Fd> open(Path file) {
    if (fails()) {
      return HostResult.refused(failure);
    }
    if (!Files.exists(file)) {
      return HostResult.refused(Errno.ENOENT);
    }
    if (!Files.isReadable(file) || file.toString().endsWith("forbidden")) {
      return HostResult.refused(Errno.EACCES);
    }
    return HostResult.ok(foreign(numbers.get(String.valueOf(file.getFileName()))));
  }

  @Override
  public int ioctl(Fd fd, int request, MemorySegment argument) {
    Ioctl known = Ioctl.ofRequest(request);
    requests.add(known);
    if (fails()) {
      return -failure.number();
    }
    if (!fd.isOpen()) {
      return -Errno.EBADF.number();
    }
    if (refusals.containsKey(known)) {
      return -refusals.get(known).number();
    }
    if (known == Ioctl.VFIO_DEVICE_BIND_IOMMUFD) {
      argument.set(ValueLayout.JAVA_INT, OUT_DEVID, ++lastId);
    }
    return 0;
  }

  @Override
  public long read(Fd fd, MemorySegment into) {
    return 0;
  }

  @Override
  public long readAt(Fd fd, MemorySegment into, long offset) {
    return into.byteSize();
  }

  @Override
  public int poll(Fd fd, int timeoutMillis) {
    return 0;
  }

  @Override
  public HostResult<Optional<DeviceNumber>> deviceNumber(Fd fd) {
    return fails()
        ? HostResult.refused(failure)
        : HostResult.ok(Optional.ofNullable(devices.get(fd)));
  }

  @Override
  public void close(Fd fd) {
    fd.close();
  }
}
