package io.vsmmu.host.kernel;

import io.vsmmu.posix.DeviceNumber;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A root directory with the files that the kernel shows in /sys, /proc and /dev. */
final class FakeRoot {

  static final String SMMU = "smmu3.0x000000000c000000";

  private final Path root;
  private final FakeKernel kernel;

  FakeRoot(Path root, FakeKernel kernel) throws IOException {
    this.root = root;
    this.kernel = kernel;
    write("proc/sys/kernel/osrelease", "7.3.4-lab\n");
    write("proc/devices", "Character devices:\n  1 mem\n511 vfio-dev\n");
    write("dev/iommu", "");
    Files.createDirectories(root.resolve("dev/vfio/devices"));
    Files.createDirectories(root.resolve("sys/bus/pci/devices"));
    Files.createDirectories(root.resolve("sys/class/iommu"));
    Files.createDirectories(root.resolve("sys/dev/char"));
  }

  HostPaths paths() {
    return HostPaths.below(root);
  }

  Path path(String name) {
    return root.resolve(name);
  }

  void write(String name, String text) throws IOException {
    Path file = root.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  void smmu(String name) throws IOException {
    Files.createDirectories(root.resolve("sys/class/iommu/" + name));
  }

  /** A device behind an SMMU. */
  Path device(String address, String smmu, int group) throws IOException {
    return device(address, smmu, group, root.resolve("sys/devices/pci"));
  }

  /** A device behind an SMMU and a bridge. */
  Path device(String address, String smmu, int group, Path bridge) throws IOException {
    Path directory = bridge.resolve(address);
    Files.createDirectories(directory);
    link(directory.resolve("iommu"), "sys/devices/platform/iommu/" + smmu);
    link(directory.resolve("iommu_group"), "sys/kernel/iommu_groups/" + group);
    Files.createSymbolicLink(root.resolve("sys/bus/pci/devices/" + address), directory);
    return directory;
  }

  void driver(String address, String driver) throws IOException {
    link(root.resolve("sys/devices/pci/" + address + "/driver"), "sys/bus/pci/drivers/" + driver);
  }

  /** A device on vfio-pci with a device file of this minor number. */
  void vfio(String address, String smmu, int group, int minor) throws IOException {
    Path directory = device(address, smmu, group);
    driver(address, "vfio-pci");
    String name = "vfio" + minor;
    DeviceNumber number = new DeviceNumber(511, minor);
    write("sys/devices/pci/" + address + "/vfio-dev/" + name + "/dev", number + "\n");
    Files.createSymbolicLink(
        root.resolve("sys/dev/char/" + number), directory.resolve("vfio-dev/" + name));
    write("dev/vfio/devices/" + name, "");
    kernel.number(name, number);
  }

  void link(Path from, String to) throws IOException {
    Path target = root.resolve(to);
    Files.createDirectories(target);
    Files.createSymbolicLink(from, target);
  }
}
