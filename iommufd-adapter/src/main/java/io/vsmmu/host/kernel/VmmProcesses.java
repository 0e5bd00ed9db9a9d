package io.vsmmu.host.kernel;

import io.vsmmu.posix.Fd;
import io.vsmmu.posix.PidFd;
import io.vsmmu.posix.PosixException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds the descriptors of /dev/iommu and of vfio device files that processes have open, as far as
 * this process may read /proc/PID/fd: as the process's user, or with CAP_SYS_PTRACE (proc(5)).
 */
public final class VmmProcesses {

  private static final String PID = "\\d+";

  private final HostPaths paths;
  private final SysfsTree sysfs;

  VmmProcesses(HostPaths paths, SysfsTree sysfs) {
    this.paths = paths;
    this.sysfs = sysfs;
  }

  /**
   * The descriptors of a process, by their numbers in it.
   *
   * @param pid the process
   * @param iommufds descriptors of /dev/iommu; several may refer to one open file
   * @param devices one descriptor for each device, by PCI address
   */
  public record OpenFiles(int pid, List<Integer> iommufds, Map<String, Integer> devices) {

    public OpenFiles {
      iommufds = List.copyOf(iommufds);
      devices = Map.copyOf(devices);
    }
  }

  /**
   * The descriptors that a process has open; none when this process may not see them, or it has
   * ended.
   */
  public OpenFiles of(int pid) {
    Map<String, String> addresses = addressesByFile();
    List<Integer> iommufds = new ArrayList<>();
    Map<String, Integer> devices = new LinkedHashMap<>();
    for (String number : numbers(pid)) {
      Optional<Path> target = target(pid, number);
      if (target.isEmpty()) {
        continue;
      }
      if (target.get().equals(paths.iommu())) {
        iommufds.add(Integer.parseInt(number));
      } else if (paths.vfioDevices().equals(target.get().getParent())) {
        String address = addresses.get(String.valueOf(target.get().getFileName()));
        if (address != null) {
          devices.putIfAbsent(address, Integer.parseInt(number));
        }
      }
    }
    return new OpenFiles(pid, iommufds, devices);
  }

  /** A view of one process for a caller that asks several times a second. */
  public DescriptorWatch watch(int pid) {
    return new DescriptorWatch(this, pid, System::nanoTime);
  }

  /** Numbers of the descriptors of a process; none when this process may not see them. */
  List<String> numbers(int pid) {
    return TextFile.names(descriptors(pid)).stream().filter(name -> name.matches(PID)).toList();
  }

  /**
   * The file that a descriptor refers to; empty when it is closed, or this process may not see it.
   */
  Optional<Path> target(int pid, String number) {
    return target(descriptors(pid).resolve(number));
  }

  /** The device's file; empty when no vfio driver has the device. */
  Optional<Path> fileOf(String address) {
    return sysfs.device(address).flatMap(PciDevice::deviceFile).map(paths.vfioDevices()::resolve);
  }

  /**
   * Names a process that has a vfio device file open, such as {@code held by process 4711 (qemu)};
   * empty when there is none among those whose descriptors this process may see.
   *
   * @param deviceFile name of the device's file, {@code vfio0}
   */
  Optional<String> holderOf(String deviceFile) {
    return TextFile.names(paths.proc()).stream()
        .filter(name -> name.matches(PID))
        .limit(KernelHostLimits.PROCESSES)
        .filter(pid -> hasOpen(paths.proc().resolve(pid).resolve("fd"), deviceFile))
        .findFirst()
        .map(this::holder);
  }

  private static boolean hasOpen(Path descriptors, String deviceFile) {
    return TextFile.names(descriptors).stream()
        .map(number -> TextFile.linkedName(descriptors.resolve(number)))
        .anyMatch(name -> name.filter(deviceFile::equals).isPresent());
  }

  private String holder(String pid) {
    String name = TextFile.read(paths.proc().resolve(pid).resolve("comm")).orElse("?");
    return "held by process %s (%s)".formatted(pid, name);
  }

  private Path descriptors(int pid) {
    return paths.proc().resolve(String.valueOf(pid)).resolve("fd");
  }

  /**
   * The descriptors of a process, other than this one, that has both the device and an iommufd
   * open.
   */
  public Optional<OpenFiles> withDevice(String address) {
    long own = ProcessHandle.current().pid();
    return TextFile.names(paths.proc()).stream()
        .filter(name -> name.matches(PID))
        .limit(KernelHostLimits.PROCESSES)
        .map(Integer::parseInt)
        .filter(pid -> pid != own)
        .map(this::of)
        .filter(files -> files.devices().containsKey(address) && !files.iommufds().isEmpty())
        .findFirst();
  }

  /**
   * Copies of descriptors of a process, by pidfd_getfd(2).
   *
   * @throws PosixException EPERM without the right to trace the process; ESRCH when it has ended;
   *     EBADF when it closed one of them
   */
  public static List<Fd> copies(int pid, List<Integer> numbers) throws PosixException {
    List<Fd> copies = new ArrayList<>();
    try (PidFd process = PidFd.open(pid)) {
      for (int number : numbers) {
        copies.add(process.descriptor(number));
      }
      return copies;
    } catch (PosixException failed) {
      copies.forEach(Fd::close);
      throw failed;
    }
  }

  private Map<String, String> addressesByFile() {
    Map<String, String> addresses = new LinkedHashMap<>();
    for (PciDevice device : sysfs.devicesBehindSmmus()) {
      device.deviceFile().ifPresent(file -> addresses.put(file, device.address()));
    }
    return addresses;
  }

  private static Optional<Path> target(Path link) {
    try {
      return Optional.of(Files.readSymbolicLink(link));
    } catch (IOException closed) {
      return Optional.empty();
    }
  }
}
