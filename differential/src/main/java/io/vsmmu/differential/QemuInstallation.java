package io.vsmmu.differential;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The QEMU that is used, which may be installed in a root file system of its own.
 *
 * @param root the folder that is QEMU's root directory (chroot); empty for this machine's own
 * @param folder path of the folder for the guest's memory and the QMP socket, as QEMU sees it
 */
record QemuInstallation(Optional<Path> root, Path folder) {

  private static final String PROGRAM = "qemu-system-aarch64";

  /** Path of a file of the folder as this process sees it. */
  Path pathHere(String name) {
    return root.map(r -> r.resolve(Path.of("/").relativize(folder))).orElse(folder).resolve(name);
  }

  /** Path of a file of the folder as QEMU sees it. */
  String pathInQemu(String name) {
    return folder.resolve(name).toString();
  }

  /**
   * Command for the stock machine {@code virt} with its emulated SMMUv3, whose processor is idle.
   */
  List<String> command(String memory, String qmp) {
    List<String> command = new ArrayList<>();
    root.ifPresent(
        r ->
            command.addAll(
                List.of(
                    "env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "chroot", r.toString())));
    command.addAll(
        List.of(
            PROGRAM,
            "-machine",
            "virt,iommu=smmuv3,gic-version=3,memory-backend=ram",
            "-accel",
            "qtest",
            "-display",
            "none",
            "-nodefaults",
            "-nic",
            "none",
            "-qtest",
            "stdio",
            "-qtest-log",
            "/dev/null",
            "-m",
            "%dM".formatted(GuestMemoryMap.RAM_BYTES >> 20),
            "-object",
            "memory-backend-file,id=ram,share=on,size=%dM,mem-path=%s"
                .formatted(GuestMemoryMap.RAM_BYTES >> 20, pathInQemu(memory)),
            "-qmp",
            "unix:%s,server=on,wait=off".formatted(pathInQemu(qmp))));
    for (int streamId : Devices.STREAM_IDS) {
      command.add("-device");
      command.add(
          "edu,bus=pcie.0,addr=%x.0,dma_mask=0xffffffffffffffff".formatted(Devices.slot(streamId)));
    }
    return command;
  }
}
