package io.vsmmu.host.kernel;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Assigns devices of this machine to the roles that the tests need: those that sysfs shows, or
 * those that the properties {@code vsmmu.host.device}, {@code .neighbour}, {@code .foreigner},
 * {@code .spare}, {@code .aliased} and {@code .group} (two, separated by a comma) name. Devices
 * that can do DMA on command are preferred.
 */
public final class HostCast {

  private static final String PROPERTY = "vsmmu.host.";

  private final HostPaths paths;
  private final List<PciDevice> all;

  public HostCast(HostPaths paths) {
    this.paths = paths;
    this.all = new SysfsTree(paths).devicesBehindSmmus();
  }

  /** A device alone in its group. */
  public Optional<String> device() {
    return named("device").or(() -> lone(device -> true));
  }

  /** Another one behind the same SMMU. */
  public Optional<String> neighbour() {
    return named("neighbour")
        .or(
            () ->
                device()
                    .flatMap(
                        first ->
                            lone(d -> !d.address().equals(first) && d.smmu().equals(smmu(first)))));
  }

  /** One behind another SMMU. */
  public Optional<String> foreigner() {
    return named("foreigner")
        .or(() -> device().flatMap(first -> lone(d -> !d.smmu().equals(smmu(first)))));
  }

  /** A further device that does DMA on command, and that a test may unplug. */
  public Optional<String> spare() {
    Set<Optional<String>> taken = Set.of(device(), neighbour(), foreigner());
    return named("spare")
        .or(
            () ->
                lone(d -> !taken.contains(Optional.of(d.address())))
                    .filter(address -> EduDevice.is(paths, address)));
  }

  /** Two devices on a root bus that are a group of their own; empty when there are none. */
  public List<String> group() {
    return pair("group", this::isOnRootBus);
  }

  /** The same behind a port. */
  public List<String> groupBehindPort() {
    return pair("groupBehindPort", device -> !isOnRootBus(device));
  }

  private List<String> pair(String part, Predicate<PciDevice> wanted) {
    return named(part)
        .map(text -> Arrays.asList(text.split(",", -1)))
        .orElseGet(
            () ->
                all.stream()
                    .filter(wanted)
                    .map(this::members)
                    .filter(members -> members.size() == 2)
                    .filter(members -> members.stream().allMatch(d -> d.deviceFile().isPresent()))
                    .findFirst()
                    .map(members -> members.stream().map(PciDevice::address).toList())
                    .orElse(List.of()));
  }

  /** The folder of such a device is in that of the host bridge, {@code pci0000:00}. */
  private boolean isOnRootBus(PciDevice device) {
    try {
      Path folder = paths.pciDevices().resolve(device.address()).toRealPath();
      return folder.getParent().getFileName().toString().startsWith("pci");
    } catch (IOException gone) {
      return false;
    }
  }

  /** A device with several StreamIDs, because a bridge substitutes its requester id. */
  Optional<String> aliased() {
    return named("aliased")
        .or(
            () ->
                all.stream()
                    .filter(d -> d.deviceFile().isPresent() && d.streamIds().size() > 1)
                    .findFirst()
                    .map(PciDevice::address));
  }

  private Optional<String> lone(Predicate<PciDevice> wanted) {
    List<PciDevice> candidates =
        all.stream()
            .filter(device -> device.deviceFile().isPresent() && members(device).size() == 1)
            .filter(wanted)
            .toList();
    return candidates.stream()
        .filter(device -> EduDevice.is(paths, device.address()))
        .findFirst()
        .or(() -> candidates.stream().findFirst())
        .map(PciDevice::address);
  }

  private List<PciDevice> members(PciDevice device) {
    return all.stream().filter(d -> d.iommuGroup().equals(device.iommuGroup())).toList();
  }

  private Optional<String> smmu(String address) {
    return all.stream()
        .filter(device -> device.address().equals(address))
        .findFirst()
        .flatMap(PciDevice::smmu);
  }

  private static Optional<String> named(String part) {
    return Optional.ofNullable(System.getProperty(PROPERTY + part)).filter(s -> !s.isBlank());
  }
}
