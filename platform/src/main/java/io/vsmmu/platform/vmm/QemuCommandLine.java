package io.vsmmu.platform.vmm;

import io.vsmmu.platform.BuildResult;
import io.vsmmu.platform.Refusals;
import java.util.ArrayList;
import java.util.List;

/**
 * Generates arguments for qemu-system-aarch64, without those that do not concern vSMMUs, such as
 * firmware, processors and disks. The machine boots with ACPI, for which QEMU needs firmware
 * ({@code -bios} or flash); without firmware it refuses accel=on.
 */
public final class QemuCommandLine {

  private final VmmVersion version;
  private final List<String> arguments = new ArrayList<>();
  private int chassis;

  private QemuCommandLine(VmmVersion version) {
    this.version = version;
  }

  /**
   * A machine with QEMU's own accelerated SMMUv3: QEMU uses iommufd itself, without the service. It
   * serves for comparison, and for recording a trace that is imported later.
   *
   * @param version the QEMU that the arguments are for; options that it does not have are omitted,
   *     and a layout that needs them is refused
   */
  public static BuildResult<List<String>> accelerated(VmLayout layout, VmmVersion version) {
    Refusals refusals = LayoutChecks.common(layout);
    QemuFeature.ACCEL.required(version, refusals);
    if (refusals.none()) {
      layout.vsmmus().forEach(vsmmu -> accelerated(vsmmu, version, refusals));
    }
    return refusals.orBuild(() -> new QemuCommandLine(version).acceleratedMachine(layout));
  }

  /** Notes on the arguments of {@link #accelerated}, one sentence each. */
  public static List<String> acceleratedNotes(VmLayout layout, VmmVersion version) {
    List<String> notes = new ArrayList<>(QemuOas.notes(layout));
    boolean off =
        layout.vsmmus().stream().anyMatch(vsmmu -> vsmmu.options().cmdqv() == OptionSetting.OFF);
    if (off && !QemuFeature.CMDQV.in(version)) {
      notes.add(
          ("QEMU from %s on gives the guest the command queues of the host, if it has such;"
                  + " name that release (--qemu-version %s) to have them off")
              .formatted(QemuFeature.CMDQV.since(), QemuFeature.CMDQV.since()));
    }
    return List.copyOf(notes);
  }

  /**
   * A machine with the service's vSMMUs: each is a vfio-user function on the first bus, from
   * 00:1f.0 downwards, and guest memory is shared. {@link ExpectedStream} has the StreamIDs of the
   * devices.
   *
   * @param version the QEMU that the arguments are for
   */
  public static BuildResult<List<String>> vfioUser(VmLayout layout, VmmVersion version) {
    Refusals refusals = LayoutChecks.vfioUser(layout);
    QemuFeature.VFIO_USER.required(version, refusals);
    return refusals.orBuild(() -> new QemuCommandLine(version).vfioUserMachine(layout));
  }

  /** The arguments as one line, quoted for a POSIX shell. */
  public static String forShell(List<String> arguments) {
    return String.join(" ", arguments.stream().map(QemuCommandLine::quoted).toList());
  }

  /**
   * The command {@code ./vsmmu run} with QEMU's arguments after {@code --}: a machine whose devices
   * QEMU binds itself while the service's vSMMUs translate for them. {@code run} adds the devices
   * and the vSMMUs to QEMU's arguments.
   *
   * @param vm name of the VM
   * @param version the QEMU that the arguments are for
   */
  public static BuildResult<List<String>> run(String vm, VmLayout layout, VmmVersion version) {
    Refusals refusals = LayoutChecks.owned(layout);
    QemuFeature.VFIO_USER.required(version, refusals);
    return refusals.orBuild(() -> new QemuCommandLine(version).ownedMachine(vm, layout));
  }

  /** The devices of a layout for {@code ./vsmmu run}, ordered by vSMMU and slot. */
  static List<VmmOwnedDevice> ownedDevices(VmLayout layout) {
    List<VmmOwnedDevice> devices = new ArrayList<>();
    for (RootBusVsmmu vsmmu : layout.vsmmus()) {
      List<ExpectedStream> streams = ExpectedStream.of(vsmmu);
      List<AssignedDevice> bySlot = vsmmu.bySlot();
      for (int i = 0; i < bySlot.size(); i++) {
        AssignedDevice device = bySlot.get(i);
        devices.add(
            new VmmOwnedDevice(
                device.hostAddress(),
                streams.get(i).streamId(),
                vsmmu.name(),
                List.of("bus=" + port(vsmmu, device))));
      }
    }
    return List.copyOf(devices);
  }

  /** The JSON argument of {@code -device} for a vSMMU's function. */
  static String vfioUserFunction(RootBusVsmmu vsmmu, int index) {
    return QemuDeviceArguments.vsmmu(id(vsmmu), vsmmu.socket(), index);
  }

  private static void accelerated(RootBusVsmmu vsmmu, VmmVersion version, Refusals refusals) {
    String at = "vsmmus[" + vsmmu.name() + "]";
    QemuOas.check(vsmmu, refusals);
    if (vsmmu.options().cmdqv() == OptionSetting.ON) {
      QemuFeature.CMDQV.required(version, refusals);
    }
    for (AssignedDevice device : vsmmu.devices()) {
      if (device.ats() == OptionSetting.OFF) {
        QemuFeature.DEVICE_ATS.required(version, refusals);
      }
      if (device.pasidOffset().isPresent()) {
        QemuFeature.PASID_OFFSET.required(version, refusals);
      }
    }
    refusals.unless(
        !vsmmu.devices().isEmpty(),
        at + ".devices.size",
        "0",
        "at least 1 with QEMU's own SMMU",
        "it takes what it shows from the first device's host SMMU: give it one at the start");
  }

  private List<String> acceleratedMachine(VmLayout layout) {
    machine(layout, "accel=kvm,kernel-irqchip=on");
    add("-object", "iommufd,id=iommufd0");
    layout.vsmmus().forEach(this::acceleratedVsmmu);
    return List.copyOf(arguments);
  }

  private void acceleratedVsmmu(RootBusVsmmu vsmmu) {
    rootBus(vsmmu);
    add(
        "-device",
        "arm-smmuv3,id=" + id(vsmmu) + ",primary-bus=" + bus(vsmmu) + ",accel=on" + options(vsmmu));
    for (AssignedDevice device : vsmmu.bySlot()) {
      rootPort(vsmmu, device);
      add("-device", vfioPci(device, port(vsmmu, device)));
    }
  }

  private List<String> ownedMachine(String vm, VmLayout layout) {
    arguments.addAll(List.of("./vsmmu", "run", vm));
    ownedDevices(layout).forEach(device -> add("--device", device.text()));
    arguments.addAll(List.of("--", "qemu-system-aarch64"));
    sharedMachine(layout);
    for (RootBusVsmmu vsmmu : layout.vsmmus()) {
      rootBus(vsmmu);
      vsmmu.bySlot().forEach(device -> rootPort(vsmmu, device));
    }
    return List.copyOf(arguments);
  }

  private void rootBus(RootBusVsmmu vsmmu) {
    add("-device", "pxb-pcie,id=%s,bus=pcie.0,bus_nr=%d".formatted(bus(vsmmu), vsmmu.bus()));
  }

  private void rootPort(RootBusVsmmu vsmmu, AssignedDevice device) {
    chassis++;
    add(
        "-device",
        "pcie-root-port,id=%s,bus=%s,addr=%x.0,chassis=%d"
            .formatted(port(vsmmu, device), bus(vsmmu), device.slot(), chassis));
  }

  private static String bus(RootBusVsmmu vsmmu) {
    return id(vsmmu) + ".bus";
  }

  private static String port(RootBusVsmmu vsmmu, AssignedDevice device) {
    return id(vsmmu) + ".port" + device.slot();
  }

  private String vfioPci(AssignedDevice device, String port) {
    StringBuilder text =
        new StringBuilder("vfio-pci,host=" + device.hostAddress())
            .append(",bus=")
            .append(port)
            .append(",iommufd=iommufd0");
    if (device.ats() != OptionSetting.AUTO && QemuFeature.DEVICE_ATS.in(version)) {
      text.append(",ats=").append(device.ats().text());
    }
    device
        .pasidOffset()
        .ifPresent(offset -> text.append(",x-vpasid-cap-offset=").append(Refusals.hex(offset)));
    return text.toString();
  }

  private String options(RootBusVsmmu vsmmu) {
    SmmuOptions options = vsmmu.options();
    StringBuilder text = new StringBuilder();
    setting(text, "ats", options.ats());
    setting(text, "ril", options.ril());
    options
        .oas()
        .ifPresent(bits -> text.append(",oas=").append(QemuOas.atMost(bits).orElseThrow()));
    options.ssidSize().ifPresent(bits -> text.append(",ssidsize=").append(bits));
    if (QemuFeature.CMDQV.in(version)) {
      setting(text, "cmdqv", options.cmdqv());
    }
    return text.toString();
  }

  private static void setting(StringBuilder text, String option, OptionSetting setting) {
    if (setting != OptionSetting.AUTO) {
      text.append(',').append(option).append('=').append(setting.text());
    }
  }

  private void sharedMachine(VmLayout layout) {
    machine(layout, "memory-backend=ram");
    add("-m", layout.memoryMib() + "M");
    add("-object", "memory-backend-memfd,id=ram,size=" + layout.memoryMib() + "M,share=on");
  }

  private List<String> vfioUserMachine(VmLayout layout) {
    sharedMachine(layout);
    for (int i = 0; i < layout.vsmmus().size(); i++) {
      add("-device", vfioUserFunction(layout.vsmmus().get(i), i));
    }
    return List.copyOf(arguments);
  }

  private void machine(VmLayout layout, String more) {
    add("-machine", "virt,acpi=on," + layout.gic().option() + "," + more);
  }

  private void add(String option, String value) {
    arguments.add(option);
    arguments.add(value);
  }

  /** QEMU's id of a vSMMU; ids must begin with a letter. */
  private static String id(RootBusVsmmu vsmmu) {
    return "vsmmu-" + vsmmu.name();
  }

  private static String quoted(String argument) {
    boolean plain = argument.matches("[A-Za-z0-9_@%+=:,./-]+");
    return plain ? argument : "'" + argument.replace("'", "'\\''") + "'";
  }
}
