package io.vsmmu.host.kernel;

import io.vsmmu.host.kernel.VmmProcesses.OpenFiles;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Finds the device files that one process has open, for a caller that asks several times a second.
 * A QEMU with 64 devices has thousands of descriptors, most of them eventfds, and a machine has
 * hundreds of PCI devices, so the descriptors that were seen are remembered: a file that still has
 * its number costs one readlink(2), and an awaited file costs one for each descriptor that is new.
 * Not thread-safe.
 */
public final class DescriptorWatch {

  private final VmmProcesses processes;
  private final int pid;
  private final LongSupplier nanoTime;

  /** A descriptor's number and the file that it refers to. */
  private record Known(int number, Path file) {}

  /** The descriptors of device files, by PCI address. */
  private final Map<String, Known> known = new HashMap<>();

  /**
   * Numbers of descriptors that refer to other files; their number is bounded by that of the
   * process's descriptors within {@link KernelHostLimits#DESCRIPTORS_ANEW}.
   */
  private final Set<String> others = new HashSet<>();

  private long othersSince;

  DescriptorWatch(VmmProcesses processes, int pid, LongSupplier nanoTime) {
    this.processes = processes;
    this.pid = pid;
    this.nanoTime = nanoTime;
    this.othersSince = nanoTime.getAsLong();
  }

  /**
   * Whether the process has a file of the device open.
   *
   * @return empty when this process may not see its descriptors, or it no longer has an iommufd
   *     open
   */
  public Optional<Boolean> has(String address) {
    Known before = known.get(address);
    if (before != null
        && processes
            .target(pid, String.valueOf(before.number()))
            .equals(Optional.of(before.file()))) {
      return Optional.of(true);
    }
    known.remove(address);
    if (processes.numbers(pid).isEmpty()) {
      // A search for the device's file would read all PCI devices of the machine.
      return Optional.empty();
    }
    OpenFiles all = processes.of(pid);
    all.devices().forEach(this::remember);
    return all.iommufds().isEmpty()
        ? Optional.empty()
        : Optional.of(all.devices().containsKey(address));
  }

  private void remember(String address, int number) {
    processes
        .target(pid, String.valueOf(number))
        .ifPresent(file -> known.put(address, new Known(number, file)));
  }

  /**
   * The number of a descriptor of the device's file; empty when the process has none. A file that
   * was given the number of a descriptor that was closed meanwhile is found after {@link
   * KernelHostLimits#DESCRIPTORS_ANEW}.
   */
  public OptionalInt find(String address) {
    Optional<Path> file = processes.fileOf(address);
    if (file.isEmpty()) {
      return OptionalInt.empty();
    }
    if (nanoTime.getAsLong() - othersSince >= KernelHostLimits.DESCRIPTORS_ANEW.toNanos()) {
      others.clear();
      othersSince = nanoTime.getAsLong();
    }
    for (String number : processes.numbers(pid)) {
      if (others.contains(number)) {
        continue;
      }
      Optional<Path> target = processes.target(pid, number);
      if (target.equals(file)) {
        return OptionalInt.of(Integer.parseInt(number));
      }
      // The next call may ask for this other device's file, so its number is not put aside.
      if (!target.map(Path::getParent).equals(file.map(Path::getParent))) {
        others.add(number);
      }
    }
    return OptionalInt.empty();
  }
}
