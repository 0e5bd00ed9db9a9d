package io.vsmmu.testing;

import io.vsmmu.host.HostResult;
import io.vsmmu.host.HwInfo;
import io.vsmmu.host.kernel.HostPaths;
import io.vsmmu.host.uapi.Ioctl;
import io.vsmmu.host.uapi.KernelCalls;
import io.vsmmu.posix.DeviceNumber;
import io.vsmmu.posix.Errno;
import io.vsmmu.posix.Fd;
import io.vsmmu.posix.Memfd;
import io.vsmmu.posix.PosixException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * A machine with two devices on vfio-pci in a folder: its files are opened by real system calls,
 * its requests are answered here. The character device /dev/null is the file of the first device,
 * so that any process can have a descriptor of it; /dev/zero is that of the second.
 */
public final class StubKernel implements KernelCalls {

  /** The device whose file is /dev/null. */
  public static final String DEVICE = "0000:01:00.0";

  /** The device whose file is /dev/zero. */
  public static final String OTHER = "0000:02:00.0";

  /** A device on a driver of the host. */
  public static final String NIC = "0000:03:00.0";

  /** The name in sysfs of the SMMU that all devices are behind. */
  public static final String SMMU = "smmu3.0x0000000009050000";

  private static final DeviceNumber NULL = new DeviceNumber(1, 3);
  private static final DeviceNumber ZERO = new DeviceNumber(1, 5);

  private static final int VFIO_MAJOR = 511;
  private static final int FIRST_ADDED_BUS = 0x20;
  private static final int FIRST_ADDED_FILE = 100;

  private static final int HW_INFO_DATA = 16;
  private static final int HW_INFO_TYPE = 24;
  private static final int ARM_SMMUV3_BYTES = 40;
  private static final int FIRST_IDR = 8;
  private static final int BIND_DEV_ID = 12;
  private static final int VIOMMU_ID = 20;
  private static final int VEVENTQ_VIOMMU = 8;
  private static final int VEVENTQ_FD = 24;
  private static final int[] IDR = {0x0844_740f, 0x0e73_9a10, 0, 0x0000_0514, 0, 0x0000_0075};

  private final KernelCalls system = KernelCalls.system();
  private final Map<Ioctl, Errno> refusals = new ConcurrentHashMap<>();
  private final Set<String> forbidden = ConcurrentHashMap.newKeySet();

  /** Device numbers of the files that {@link #addDevices} made. */
  private final Map<Path, DeviceNumber> plain = new ConcurrentHashMap<>();

  private final AtomicInteger ids = new AtomicInteger();
  private final Path root;

  public StubKernel(Path root) {
    this.root = root;
    write("proc/sys/kernel/osrelease", "7.3.4-stub\n");
    write("proc/devices", "Character devices:\n511 vfio-dev\n");
    write("dev/iommu", "");
    folder("sys/class/iommu/" + SMMU);
    device(DEVICE, 1, "vfio-pci");
    device(OTHER, 2, "vfio-pci");
    device(NIC, 3, "e1000e");
    file(DEVICE, "vfio0", NULL);
    file(OTHER, "vfio1", ZERO);
  }

  /**
   * Adds devices on vfio-pci, each alone in its group. Their files are plain files that are known
   * by their names.
   *
   * @return their addresses
   */
  public List<String> addDevices(int count) {
    List<String> added = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String address = "0000:%02x:00.0".formatted(FIRST_ADDED_BUS + i);
      String name = "vfio" + (FIRST_ADDED_FILE + i);
      DeviceNumber number = new DeviceNumber(VFIO_MAJOR, i);
      device(address, FIRST_ADDED_FILE + i, "vfio-pci");
      file(address, name, number);
      plain.put(root.resolve("dev/vfio/devices").resolve(name), number);
      added.add(address);
    }
    return added;
  }

  /** The stub's folders, which stand for /dev, /proc and /sys. */
  public HostPaths paths() {
    return HostPaths.below(root);
  }

  /** Answers a request with an error from now on. */
  public void refuse(Ioctl request, Errno errno) {
    refusals.put(request, errno);
  }

  /** Ends the refusal of a request. */
  public void allow(Ioctl request) {
    refusals.remove(request);
  }

  /** The service may not open the file of this name. */
  public void forbid(String name) {
    forbidden.add(name);
  }

  /** The service may open the file of this name. */
  public void permit(String name) {
    forbidden.remove(name);
  }

  /** Removes a file below the stub's root. */
  public void remove(String name) throws IOException {
    Files.delete(root.resolve(name));
  }

  private void device(String address, int group, String driver) {
    folder("sys/devices/" + address);
    link("sys/devices/" + address + "/iommu", "sys/iommus/" + SMMU);
    link("sys/devices/" + address + "/iommu_group", "sys/kernel/iommu_groups/" + group);
    link("sys/devices/" + address + "/driver", "sys/bus/pci/drivers/" + driver);
    link("sys/bus/pci/devices/" + address, "sys/devices/" + address);
  }

  private void file(String address, String name, DeviceNumber number) {
    write("sys/devices/" + address + "/vfio-dev/" + name + "/dev", number + "\n");
    link("sys/dev/char/" + number, "sys/devices/" + address + "/vfio-dev/" + name);
    write("dev/vfio/devices/" + name, "");
  }

  private void folder(String name) {
    try {
      Files.createDirectories(root.resolve(name));
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /** Writes a file below the stub's root. */
  public void write(String name, String text) {
    try {
      Path file = root.resolve(name);
      Files.createDirectories(file.getParent());
      Files.writeString(file, text);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private void link(String from, String to) {
    try {
      Path link = root.resolve(from);
      Files.createDirectories(link.getParent());
      Files.createDirectories(root.resolve(to));
      Files.createSymbolicLink(link, root.resolve(to));
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  @Override
  public HostResult<Fd> open(Path file) {
    return forbidden.contains(String.valueOf(file.getFileName()))
        ? HostResult.refused(Errno.EACCES)
        : system.open(file);
  }

  @Override
  public int ioctl(Fd fd, int request, MemorySegment argument) {
    Ioctl known = Ioctl.ofRequest(request);
    Errno refusal = refusals.get(known);
    if (refusal != null) {
      return -refusal.number();
    }
    switch (known) {
      case VFIO_DEVICE_BIND_IOMMUFD ->
          argument.set(ValueLayout.JAVA_INT, BIND_DEV_ID, ids.incrementAndGet());
      case IOMMU_VIOMMU_ALLOC ->
          argument.set(ValueLayout.JAVA_INT, VIOMMU_ID, ids.incrementAndGet());
      case IOMMU_GET_HW_INFO -> hwInfo(argument);
      case IOMMU_VEVENTQ_ALLOC -> {
        return veventq(argument);
      }
      default -> {}
    }
    return 0;
  }

  private static int veventq(MemorySegment request) {
    if (request.get(ValueLayout.JAVA_INT, VEVENTQ_VIOMMU) == 0) {
      return -Errno.ENOENT.number();
    }
    try {
      request.set(ValueLayout.JAVA_INT, VEVENTQ_FD, Memfd.create("veventq", 0).number());
      return 0;
    } catch (PosixException failed) {
      return -failed.errno().number();
    }
  }

  @SuppressWarnings("restricted") // the buffer that the caller gave by its address
  private static void hwInfo(MemorySegment query) {
    MemorySegment data =
        MemorySegment.ofAddress(query.get(ValueLayout.JAVA_LONG_UNALIGNED, HW_INFO_DATA))
            .reinterpret(ARM_SMMUV3_BYTES);
    for (int i = 0; i < IDR.length; i++) {
      data.set(ValueLayout.JAVA_INT, FIRST_IDR + (long) i * Integer.BYTES, IDR[i]);
    }
    query.set(ValueLayout.JAVA_INT, HW_INFO_TYPE, HwInfo.TYPE_ARM_SMMUV3);
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
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(timeoutMillis));
    return 0;
  }

  @Override
  public HostResult<Optional<DeviceNumber>> deviceNumber(Fd fd) {
    Path file;
    try {
      file = Files.readSymbolicLink(Path.of("/proc/self/fd/" + fd.number()));
    } catch (IOException closed) {
      return HostResult.refused(Errno.EBADF);
    }
    DeviceNumber known = plain.get(file);
    return known == null ? system.deviceNumber(fd) : HostResult.ok(Optional.of(known));
  }

  @Override
  public void close(Fd fd) {
    system.close(fd);
  }
}
