package io.vsmmu.differential;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where QEMU is.
 *
 * @param root the folder that QEMU sees as its root; empty for this machine's own
 * @param folder as QEMU names it, for the guest's memory and the QMP socket
 */
record QemuPlace(Optional<Path> root, Path folder) {

  private static final String PROGRAM = "qemu-system-aarch64";

  /** A file of the folder as this process names it. */
  Path here(String name) {
    return root.map(r -> r.resolve(Path.of("/").relativize(folder))).orElse(folder).resolve(name);
  }

  /** A file of the folder as QEMU names it. */
  String there(String name) {
    return folder.resolve(name).toString();
  }

  /** The stock machine {@code virt} with its emulated SMMUv3, without a processor that runs. */
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
            "%dM".formatted(Layout.RAM_BYTES >> 20),
            "-object",
            "memory-backend-file,id=ram,share=on,size=%dM,mem-path=%s"
                .formatted(Layout.RAM_BYTES >> 20, there(memory)),
            "-qmp",
            "unix:%s,server=on,wait=off".formatted(there(qmp))));
    for (int streamId : Devices.STREAM_IDS) {
      command.add("-device");
      command.add(
          "edu,bus=pcie.0,addr=%x.0,dma_mask=0xffffffffffffffff".formatted(Devices.slot(streamId)));
    }
    return command;
  }

  /** The command that tells QEMU's version. */
  List<String> versionCommand() {
    List<String> command = new ArrayList<>();
    root.ifPresent(r -> command.addAll(List.of("chroot", r.toString())));
    command.add(PROGRAM);
    command.add("--version");
    return command;
  }
}
