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

  private static final int LAST_SLOT = 0x1F;
  private static final int SHORT_OAS = 44;
  private static final int LONG_OAS = 48;

  private final List<String> arguments = new ArrayList<>();
  private int chassis;

  private QemuCommandLine() {}

  /**
   * QEMU's own accelerated SMMUv3, from QEMU 11.0: QEMU drives iommufd, we are not asked. For
   * comparison, and for machines whose trace is to be imported.
   */
  public static Outcome<List<String>> accelerated(VmLayout layout) {
    Refusals refusals = LayoutChecks.common(layout);
    if (refusals.none()) {
      layout.vsmmus().forEach(vsmmu -> accelerated(vsmmu, refusals));
    }
    return refusals.orMake(() -> new QemuCommandLine().acceleratedMachine(layout));
  }

  /**
   * Our vSMMUs: each a vfio-user function on the first bus, from 00:1f.0 downwards. Guest memory is
   * shared. The devices behind them are placed with {@link ExpectedStream}.
   */
  public static Outcome<List<String>> vfioUser(VmLayout layout) {
    return LayoutChecks.vfioUser(layout)
        .orMake(() -> new QemuCommandLine().vfioUserMachine(layout));
  }

  /** One line that a POSIX shell reads back as the arguments. */
  public static String forShell(List<String> arguments) {
    return String.join(" ", arguments.stream().map(QemuCommandLine::quoted).toList());
  }

  /** JSON of a vfio-user function. */
  static String vfioUserFunction(PlacedVsmmu vsmmu, int index) {
    return "{\"driver\":\"vfio-user-pci\",\"id\":\""
        + id(vsmmu)
        + "\",\"socket\":{\"type\":\"unix\",\"path\":\""
        + vsmmu.socket().replace("\\", "\\\\").replace("\"", "\\\"")
        + "\"},\"addr\":\""
        + Integer.toHexString(LAST_SLOT - index)
        + ".0\"}";
  }

  private static void accelerated(PlacedVsmmu vsmmu, Refusals refusals) {
    String at = "vsmmus[" + vsmmu.name() + "]";
    int oas = vsmmu.properties().oas().orElse(LONG_OAS);
    refusals.unless(
        oas == SHORT_OAS || oas == LONG_OAS,
        at + ".oas",
        Integer.toString(oas),
        "44 or 48 with QEMU's own SMMU",
        "leave it out to take the host's");
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
    String bus = id(vsmmu) + ".bus";
    add("-device", "pxb-pcie,id=" + bus + ",bus=pcie.0,bus_nr=" + vsmmu.bus());
    add(
        "-device",
        "arm-smmuv3,id=" + id(vsmmu) + ",primary-bus=" + bus + ",accel=on" + options(vsmmu));
    for (AssignedDevice device : vsmmu.bySlot()) {
      String port = id(vsmmu) + ".port" + device.slot();
      chassis++;
      add(
          "-device",
          "pcie-root-port,id=%s,bus=%s,addr=%x.0,chassis=%d"
              .formatted(port, bus, device.slot(), chassis));
      add("-device", vfioPci(device, port));
    }
  }

  private static String vfioPci(AssignedDevice device, String port) {
    StringBuilder text =
        new StringBuilder("vfio-pci,host=" + device.hostAddress())
            .append(",bus=")
            .append(port)
            .append(",iommufd=iommufd0");
    if (device.ats() != Choice.AUTO) {
      text.append(",ats=").append(device.ats().text());
    }
    device
        .pasidOffset()
        .ifPresent(offset -> text.append(",x-vpasid-cap-offset=").append(Refusals.hex(offset)));
    return text.toString();
  }

  private static String options(PlacedVsmmu vsmmu) {
    VsmmuProperties properties = vsmmu.properties();
    StringBuilder text = new StringBuilder();
    choice(text, "ats", properties.ats());
    choice(text, "ril", properties.ril());
    properties.oas().ifPresent(bits -> text.append(",oas=").append(bits));
    properties.ssidSize().ifPresent(bits -> text.append(",ssidsize=").append(bits));
    choice(text, "cmdqv", properties.cmdqv());
    return text.toString();
  }

  private static void choice(StringBuilder text, String option, Choice choice) {
    if (choice != Choice.AUTO) {
      text.append(',').append(option).append('=').append(choice.text());
    }
  }

  private List<String> vfioUserMachine(VmLayout layout) {
    machine(layout, "memory-backend=ram");
    add("-m", layout.memoryMib() + "M");
    add("-object", "memory-backend-memfd,id=ram,size=" + layout.memoryMib() + "M,share=on");
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

  /** QEMU wants a letter first. */
  private static String id(PlacedVsmmu vsmmu) {
    return "vsmmu-" + vsmmu.name();
  }

  private static String quoted(String argument) {
    boolean plain = argument.matches("[A-Za-z0-9_@%+=:,./-]+");
    return plain ? argument : "'" + argument.replace("'", "'\\''") + "'";
  }
}
