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
 * The device files that one process has open, for a caller that asks several times a second: a QEMU
 * with 64 devices has thousands of descriptors, eventfds most of them, and a machine hundreds of
 * PCI devices. A file that is where it was costs one readlink(2), one that is awaited a look at
 * each descriptor that was not there before. Not thread-safe.
 */
public final class DescriptorWatch {

  private final VmmProcesses processes;
  private final int pid;
  private final LongSupplier nanoTime;

  /** A descriptor and what it is of. */
  private record Known(int number, Path file) {}

  /** By PCI address. */
  private final Map<String, Known> known = new HashMap<>();

  /** Numbers that were of something else; at most as many as the process has had in the time. */
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
   * @return empty when its descriptors cannot be seen, or it has no iommufd any more
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
      // Looking for the device's file as well would read all PCI devices of the machine.
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
   * The number of a file of the device that the process did not have before. One that took the
   * number of a descriptor which was closed meanwhile is found after {@link
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
      // Another device's file may be the next one that is asked for.
      if (!target.map(Path::getParent).equals(file.map(Path::getParent))) {
        others.add(number);
      }
    }
    return OptionalInt.empty();
  }
}
