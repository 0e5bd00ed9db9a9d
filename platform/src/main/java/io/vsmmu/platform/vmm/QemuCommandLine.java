package io.vsmmu.platform.vmm;

import io.vsmmu.platform.Outcome;
import io.vsmmu.platform.Refusals;
import java.util.ArrayList;
import java.util.List;

/**
 * Arguments for qemu-system-aarch64, without what has nothing to do with vSMMUs: firmware,
 * processors, disks. The machine boots with ACPI, which QEMU makes only when it has firmware
 * ({@code -bios} or flash): without, it refuses accel=on.
 */
public final class QemuCommandLine {

  private final VmmVersion version;
  private final List<String> arguments = new ArrayList<>();
  private int chassis;

  private QemuCommandLine(VmmVersion version) {
    this.version = version;
  }

  /**
   * QEMU's own accelerated SMMUv3: QEMU drives iommufd, and the service takes no part. For
   * comparison, and for machines whose trace is to be imported.
   *
   * @param version the QEMU that the line is for: it gets no option that it does not have, and is
   *     refused what cannot be said to it
   */
  public static Outcome<List<String>> accelerated(VmLayout layout, VmmVersion version) {
    Refusals refusals = LayoutChecks.common(layout);
    QemuFeature.ACCEL.required(version, refusals);
    if (refusals.none()) {
      layout.vsmmus().forEach(vsmmu -> accelerated(vsmmu, version, refusals));
    }
    return refusals.orMake(() -> new QemuCommandLine(version).acceleratedMachine(layout));
  }

  /** What a reader of {@link #accelerated}'s line has to know, one sentence each. */
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
   * The service's vSMMUs: each a vfio-user function on the first bus, from 00:1f.0 downwards. Guest
   * memory is shared. The devices behind them are placed with {@link ExpectedStream}.
   *
   * @param version the QEMU that the line is for
   */
  public static Outcome<List<String>> vfioUser(VmLayout layout, VmmVersion version) {
    Refusals refusals = LayoutChecks.vfioUser(layout);
    QemuFeature.VFIO_USER.required(version, refusals);
    return refusals.orMake(() -> new QemuCommandLine(version).vfioUserMachine(layout));
  }

  /** One line that a POSIX shell reads back as the arguments. */
  public static String forShell(List<String> arguments) {
    return String.join(" ", arguments.stream().map(QemuCommandLine::quoted).toList());
  }

  /**
   * Arguments of {@code ./vsmmu run} and of QEMU behind {@code --}: a machine whose devices QEMU
   * binds itself while our vSMMUs translate for them. {@code run} adds the devices and the vSMMUs.
   *
   * @param vm name of the VM
   * @param version the QEMU that the line is for
   */
  public static Outcome<List<String>> run(String vm, VmLayout layout, VmmVersion version) {
    Refusals refusals = LayoutChecks.owned(layout);
    QemuFeature.VFIO_USER.required(version, refusals);
    return refusals.orMake(() -> new QemuCommandLine(version).ownedMachine(vm, layout));
  }

  /** The devices of a layout as {@code ./vsmmu run} takes them, by vSMMU and slot. */
  static List<OwnedDevice> ownedDevices(VmLayout layout) {
    List<OwnedDevice> devices = new ArrayList<>();
    for (PlacedVsmmu vsmmu : layout.vsmmus()) {
      List<ExpectedStream> streams = ExpectedStream.of(vsmmu);
      List<AssignedDevice> bySlot = vsmmu.bySlot();
      for (int i = 0; i < bySlot.size(); i++) {
        AssignedDevice device = bySlot.get(i);
        devices.add(
            new OwnedDevice(
                device.hostAddress(),
                streams.get(i).streamId(),
                vsmmu.name(),
                List.of("bus=" + port(vsmmu, device))));
      }
    }
    return List.copyOf(devices);
  }

  /** JSON of a vSMMU's function. */
  static String vfioUserFunction(PlacedVsmmu vsmmu, int index) {
    return QemuOwnedDevices.vsmmu(id(vsmmu), vsmmu.socket(), index);
  }

  private static void accelerated(PlacedVsmmu vsmmu, VmmVersion version, Refusals refusals) {
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

  private void acceleratedVsmmu(PlacedVsmmu vsmmu) {
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
    for (PlacedVsmmu vsmmu : layout.vsmmus()) {
      rootBus(vsmmu);
      vsmmu.bySlot().forEach(device -> rootPort(vsmmu, device));
    }
    return List.copyOf(arguments);
  }

  private void rootBus(PlacedVsmmu vsmmu) {
    add("-device", "pxb-pcie,id=%s,bus=pcie.0,bus_nr=%d".formatted(bus(vsmmu), vsmmu.bus()));
  }

  private void rootPort(PlacedVsmmu vsmmu, AssignedDevice device) {
    chassis++;
    add(
        "-device",
        "pcie-root-port,id=%s,bus=%s,addr=%x.0,chassis=%d"
            .formatted(port(vsmmu, device), bus(vsmmu), device.slot(), chassis));
  }

  private static String bus(PlacedVsmmu vsmmu) {
    return id(vsmmu) + ".bus";
  }

  private static String port(PlacedVsmmu vsmmu, AssignedDevice device) {
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

  private String options(PlacedVsmmu vsmmu) {
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
    add("-machine", "virt,acpi=on," + layout.interrupts().option() + "," + more);
  }

  private void add(String option, String value) {
    arguments.add(option);
    arguments.add(value);
  }

  /** An id for QEMU, which has to begin with a letter. */
  private static String id(PlacedVsmmu vsmmu) {
    return "vsmmu-" + vsmmu.name();
  }

  private static String quoted(String argument) {
    boolean plain = argument.matches("[A-Za-z0-9_@%+=:,./-]+");
    return plain ? argument : "'" + argument.replace("'", "'\\''") + "'";
  }
}
