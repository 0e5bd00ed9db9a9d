package io.vsmmu.host;

import java.util.List;

/**
 * Every advice that this service gives an operator about a host, a device or itself. A {@link
 * Remedy} is one of these with its values filled in. What the operator has to type, set or read
 * stands between backticks exactly as it is spelt there, so that a test can check that the command,
 * option or page exists.
 */
public enum Advice {
  // Devices and their drivers.
  BIND_TO_VFIO("`driverctl set-override %s vfio-pci`"),
  TAKE_FROM_HOST(
      "`driverctl set-override %s vfio-pci`; the host can no longer use the device then"),
  BIND_EACH_TO_VFIO("`driverctl set-override ADDRESS vfio-pci`, for each device of the guest"),
  BIND_TO_READ_SMMU(
      "`driverctl set-override ADDRESS vfio-pci` with a device behind it: the kernel reports the"
          + " SMMU's values through such a device only"),
  GIVE_LISTED_ADDRESS("give an address that `lspci -D` lists"),
  GIVE_WHAT_IS_BEHIND("leave the bridge as it is, and give the guest what is behind it"),
  USE_ISOLATING_SLOT("put the device into a slot that isolates it (a PCIe root port with ACS)"),
  USE_DEVICE_BEHIND_SMMU("use a device behind an Arm SMMUv3; `./vsmmu host` lists them"),
  USE_DEVICE_WITH_ONE_STREAM(
      "use a device with one StreamID: no PCI bridge may substitute its own requester id"),
  USE_DEVICE_WITH_ATS("use a device with ATS: the guest may have switched it on"),
  USE_DEVICE_WITH_PASIDS("use a device with PASIDs as wide, on an SMMU that has them"),
  DETACH_HOLDER(
      "end the process that has the device, or detach it from its vSMMU: `./vsmmu devices detach"
          + " NAME SID`"),
  GIVE_GROUP_TO_ONE("give all devices of the iommu group to one vSMMU"),
  PLUG_IN_AGAIN("the device is being removed: plug it in again"),
  END_PASID_USER("end the use of the device's PASIDs"),
  SEE_DEVICES_ABOVE("see the problem of each device above"),

  // The kernel and its files.
  LOAD_IOMMUFD("`modprobe iommufd`, or use a kernel from 6.13 on with `CONFIG_IOMMUFD`"),
  USE_ARM_HOST("use an arm64 host whose firmware describes an SMMUv3, with `CONFIG_ARM_SMMU_V3`"),
  USE_DEVICE_FILES("use a kernel from 6.6 on with `CONFIG_VFIO_DEVICE_CDEV`"),
  USE_NESTING_KERNEL("use a kernel from %s on with `CONFIG_ARM_SMMU_V3_IOMMUFD`"),
  USE_NEWER_KERNEL("use a kernel from %s on; without it: %s"),
  USE_PIDFD_KERNEL("use a kernel from 5.6 on, or send the descriptor to `host.sock`"),
  PASS_DEVICE_FILE("mount `devtmpfs`, or pass the file into the container"),
  ALLOW_FILE(
      "let the service's user read and write the file (udev: `OWNER=` or `GROUP=`, and `MODE=`)"),
  SEE_KERNEL_LOG("see the kernel's log: `dmesg`"),

  // The physical SMMU, and what a vSMMU shows of it.
  USE_SMMU_WITH(
      "use a device behind an SMMU whose %s allows it: a vSMMU has no property that changes it"),
  ATTACH_BEFORE_GUEST(
      "use a device behind an SMMU whose %s is no less (`./vsmmu host -o json` has the registers),"
          + " or make a new vSMMU and attach the device before the guest starts and a VMM connects:"
          + " until then a vSMMU takes this from its first device's SMMU"),
  CREATE_WITHOUT_ATS(
      "it is set when a vSMMU is made: `./vsmmu create NAME --ats off`, or without `--ats`, which"
          + " takes what the host has"),
  CREATE_WITHOUT_RIL(
      "it is set when a vSMMU is made: `./vsmmu create NAME --ril off`, or without `--ril`, which"
          + " takes what the host has"),
  CREATE_WITH_OAS(
      "it is set when a vSMMU is made: `./vsmmu create NAME --oas %s` or less, or without `--oas`,"
          + " which takes what the host has"),
  CREATE_WITH_SSIDSIZE(
      "it is set when a vSMMU is made: `./vsmmu create NAME --ssidsize %s` or less, or without"
          + " `--ssidsize`, which takes what the host has"),
  USE_COHERENT_HOST(
      "use a host whose SMMU has S2FWB (IDR3.FWB), or whose firmware sets CANWBS for the root"
          + " complex (IORT, memory access flags)"),
  USE_NESTING_SMMU("use a device behind an SMMU that translates in both stages (IDR0.S1P, S2P)"),

  // Whether a log fits a host.
  NAME_SUBSTITUTE(
      "name a device that takes its place: `./vsmmu check-host NAME --device OLD=NEW`, for a"
          + " replay `./vsmmu replay NAME --host local --device LOG=HOST`"),
  USE_EACH_DEVICE_ONCE("let each device take the place of one device only"),
  USE_DEVICES_BEHIND_ONE_SMMU("choose devices behind one of them: a vSMMU has one vIOMMU"),
  USE_DEVICES_APART("choose devices in iommu groups of their own: a group has one HWPT"),
  USE_DEVICES_TOGETHER("choose devices of one iommu group: the log moves them together"),
  ATTACH_WHOLE_GROUP(
      "place these devices behind the vSMMU too (`./vsmmu devices attach NAME DEVICE SID`), or use"
          + " a device that is alone in its group"),

  // Limits.
  RAISE_FILES("raise `LimitNOFILE=` of the service's unit"),
  RAISE_MEMLOCK(
      "free memory, or raise `LimitMEMLOCK=` of the service's unit to the guest's RAM or more"),
  RAISE_MEMLOCK_OR_CAPABILITY(
      "all guest RAM is pinned while a device is attached: raise `LimitMEMLOCK=` of the service's"
          + " unit to the guest's RAM or more, or give it `CAP_IPC_LOCK`; free memory"),
  RAISE_MEMLOCK_OF_SHELL(
      "a guest with more RAM gets no device (ENOMEM): all of its RAM is pinned. `LimitMEMLOCK=` of"
          + " the unit, or `ulimit -l`, or `CAP_IPC_LOCK`"),
  RAISE_FILES_OF_SHELL(
      "each VM needs a file for its iommufd, one for each device, vEVENTQ, connection and range of"
          + " its RAM. `LimitNOFILE=` of the unit, or `ulimit -n`"),
  KEEP_DESCRIPTORS(
      "while the service restarts, its guests' devices do no DMA. `FileDescriptorStoreMax=` of the"
          + " unit (`docs/host.md`)"),

  // Devices by descriptor.
  OPEN_DEVICE_FILE(
      "send a descriptor of `/dev/vfio/devices/vfioN`, opened for reading and writing"),
  USE_OFFERED(
      "attach the devices that wait (`./vsmmu devices attach NAME DEVICE SID`), or withdraw some"
          + " (`DELETE /api/v1/hosts/local/devices/{address}`)"),
  TRY_AGAIN("try again when another one has ended"),
  SEND_DESCRIPTOR("send at least one byte with the descriptors as `SCM_RIGHTS`"),
  SEND_TO_SOCKET("send the descriptor to `host.sock` in the service's data directory"),
  NAME_OTHER_PROCESS("name the process that has the device open"),
  NAME_PROCESS_OF_NAMESPACE(
      "name the pid of a process that runs, as the service sees it (in its PID namespace)"),
  NAME_PROCESS_OF_THREAD("name the pid of the process itself (Tgid in `/proc/PID/status`)"),
  NAME_DESCRIPTOR("name a number that `/proc/PID/fd` lists"),
  ALLOW_TRACING(
      "run both as one user with `kernel.yama.ptrace_scope=0`, give the service `CAP_SYS_PTRACE`,"
          + " or send the descriptor to `host.sock`"),
  USE_KERNEL_HOST(
      "start the service with `./vsmmu serve --host iommufd`; simulated devices are attached by"
          + " address"),
  SIMULATE_VFIO("give the simulated device a true `vfio` in `vsmmu.simulated.devices`"),
  SIMULATE_DEVICE("`./vsmmu host` lists the devices; `vsmmu.simulated.devices` describes others"),

  // Devices that a VMM owns.
  SEND_IOMMUFD(
      "send the open `/dev/iommu` that the VMM binds its devices to: what QEMU has as"
          + " `-object iommufd,fd=`"),
  SEND_FIELD("send one line of JSON as `docs/host.md` describes it: %s"),
  END_VMM(
      "end the VMM that has it, or take it back first: `DELETE /api/v1/hosts/local/vmms/{vm}`; a"
          + " device that the service bound: `./vsmmu devices detach NAME SID`"),
  GIVE_FEWER_DEVICES("give the VM at most %s devices, and the others to another VM"),
  AWAIT_VMM("start the VMM: the device is attached as soon as the VMM has bound it"),
  SEND_VMMS_FILE(
      "send the open file that the VMM binds, together with the iommufd that it binds it to, as"
          + " `./vsmmu run` does: a file that was opened anew is not bound"),
  SEND_DEVICE_ID(
      "send its id on the iommufd (`devid`: what VFIO_DEVICE_BIND_IOMMUFD gave the VMM), or hand"
          + " the devices over before the guest's drivers use them"),
  SEND_IOAS_ID("send the id of the IOAS with the guest's RAM (`ioas`)"),
  END_NESTING("start the VMM without a nesting SMMU of its own, in QEMU without `accel=on`"),
  HAND_OVER_AGAIN("hand the device over again, or leave it to the VMM"),
  USE_OTHER_QEMU(
      "use a QEMU from 10.1 on that was built with vfio-user: `qemu-system-aarch64 -device help`"
          + " lists `vfio-user-pci`"),

  // Command queues of the hardware.
  USE_CMDQV_HOST(
      "use a host whose SMMU has NVIDIA's CMDQV and a kernel from 6.17 on; without them the guest's"
          + " commands go through the vSMMU, as they do now"),
  USE_FEWER_QUEUES(
      "use fewer queues or a shorter one: the host has no such index, or its IDR1.CMDQS is less"
          + " than the guest's"),
  USE_HUGE_PAGE(
      "back the queue's memory with one huge page: the hardware reads it by physical address"),
  SHARE_MEMORY_FIRST("let the VMM share the memory first"),

  // The service's own needs.
  CORRECT_DATASOURCE(
      "start it, or correct `SPRING_DATASOURCE_URL`, `SPRING_DATASOURCE_USERNAME` and"
          + " `SPRING_DATASOURCE_PASSWORD`");

  private final String template;

  Advice(String template) {
    this.template = template;
  }

  /** Fills the values into the template, in the order of its {@code %s}. */
  public Remedy with(Object... values) {
    return new Remedy(this, List.of(values));
  }

  /** The text with a {@code %s} for each value. */
  public String template() {
    return template;
  }
}
