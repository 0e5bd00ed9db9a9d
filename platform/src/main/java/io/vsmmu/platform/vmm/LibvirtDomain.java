package io.vsmmu.platform.vmm;

import io.vsmmu.platform.BuildResult;
import io.vsmmu.platform.Refusals;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Generates a fragment of libvirt's domain XML, which the reader merges into a domain by the names
 * of its elements. libvirt has no element for vfio-user, so the service's vSMMUs are arguments of
 * QEMU's command line. The domain needs firmware (os firmware='efi'), without which QEMU generates
 * no ACPI tables.
 *
 * <p>libvirt opens the files of host devices itself and passes them to QEMU (src/qemu,
 * qemuProcessOpenVfioDeviceFd); only the iommufd can be one that a client opened.
 */
public final class LibvirtDomain {

  private static final String QEMU = "http://libvirt.org/schemas/domain/qemu/1.0";

  private final XmlElement devices = new XmlElement("devices");
  private int controller;
  private int chassis;

  private final VmmVersion qemu;

  private LibvirtDomain(VmmVersion qemu) {
    this.qemu = qemu;
  }

  /**
   * A domain with QEMU's own accelerated SMMUv3s.
   *
   * @param libvirt the libvirt that the domain is for
   * @param qemu the QEMU that it starts
   */
  public static BuildResult<String> accelerated(
      VmLayout layout, VmmVersion libvirt, VmmVersion qemu) {
    return QemuCommandLine.accelerated(layout, qemu)
        .then(
            arguments -> {
              Refusals refusals = new Refusals();
              LibvirtFeature.PCI_BUS.required(libvirt, refusals);
              LibvirtFeature.IOMMUFD.required(libvirt, refusals);
              LibvirtFeature.ACCEL.required(libvirt, refusals);
              layout.vsmmus().forEach(vsmmu -> expressible(vsmmu, refusals));
              return refusals.orBuild(() -> new LibvirtDomain(qemu).acceleratedDomain(layout));
            });
  }

  /**
   * A domain with devices that QEMU binds itself, while the service's vSMMUs translate for them:
   * the same machine as that of {@link QemuCommandLine#run}.
   *
   * @param libvirt the libvirt that the domain is for
   * @param qemu the QEMU that it starts
   * @param fdGroup name under which a client associates an iommufd with the domain before it
   *     starts; empty for one that libvirt opens
   */
  public static BuildResult<String> owned(
      VmLayout layout, VmmVersion libvirt, VmmVersion qemu, Optional<String> fdGroup) {
    Refusals refusals = LayoutChecks.owned(layout);
    QemuFeature.VFIO_USER.required(qemu, refusals);
    LibvirtFeature.MEMFD.required(libvirt, refusals);
    LibvirtFeature.IOMMUFD.required(libvirt, refusals);
    if (fdGroup.isPresent()) {
      LibvirtFeature.FD_GROUP.required(libvirt, refusals);
    }
    layout.vsmmus().forEach(vsmmu -> expressible(vsmmu, refusals));
    return refusals.orBuild(() -> new LibvirtDomain(qemu).ownedDomain(layout, fdGroup));
  }

  /**
   * Instructions for the domain of {@link #owned}, one sentence each.
   *
   * @param vm name of the VM
   */
  public static List<String> ownedNotes(String vm, VmLayout layout) {
    String devices =
        QemuCommandLine.ownedDevices(layout).stream()
            .map(
                device ->
                    "{\"hostDevice\":\"%s\",\"vsmmu\":\"%s\",\"sid\":\"0x%x\"}"
                        .formatted(device.address(), device.vsmmu(), device.streamId()))
            .collect(Collectors.joining(","));
    return List.of(
        "libvirt hands the devices' files to QEMU alone: start the domain paused, and have the"
            + " service take copies from QEMU's process: POST /api/v1/hosts/local/vmms"
            + " {\"vm\":\"%s\",\"pid\":PID,\"devices\":[%s]}; then resume it"
                .formatted(vm, devices));
  }

  private static void expressible(RootBusVsmmu vsmmu, Refusals refusals) {
    for (AssignedDevice device : vsmmu.devices()) {
      String at = "vsmmus[" + vsmmu.name() + "].devices[" + device.hostAddress() + "]";
      refusals.unless(
          device.ats() == OptionSetting.AUTO,
          at + ".ats",
          device.ats().text(),
          "auto: libvirt has no attribute for it",
          "leave it out, or start QEMU with a command line");
      refusals.unless(
          device.pasidOffset().isEmpty(),
          at + ".pasidOffset",
          Refusals.hex(device.pasidOffset().orElse(0)),
          "absent: libvirt has no element for it",
          "leave it out, or start QEMU with a command line");
    }
  }

  private static XmlElement domain() {
    return new XmlElement("domain").with("type", "kvm");
  }

  private static XmlElement features(VmLayout layout) {
    return new XmlElement("features")
        .containing(new XmlElement("acpi"))
        .containing(new XmlElement("gic").with("version", layout.gic().version()));
  }

  private String acceleratedDomain(VmLayout layout) {
    layout.vsmmus().forEach(this::vsmmu);
    return domain().containing(features(layout)).containing(devices).text();
  }

  private void vsmmu(RootBusVsmmu vsmmu) {
    int root = rootBus(vsmmu, "yes");
    devices.containing(
        new XmlElement("iommu").with("model", "smmuv3").containing(driver(vsmmu, root)));
  }

  /**
   * Adds the vSMMU's root bus with its devices.
   *
   * @param managed {@code yes} if libvirt binds the devices to vfio-pci and back, or {@code no}
   * @return index of the root bus
   */
  private int rootBus(RootBusVsmmu vsmmu, String managed) {
    int root = ++controller;
    devices.containing(
        controller(root, "pcie-expander-bus", "pxb-pcie")
            .containing(new XmlElement("target").with("busNr", vsmmu.bus())));
    for (AssignedDevice device : vsmmu.bySlot()) {
      int port = ++controller;
      devices.containing(
          controller(port, "pcie-root-port", "pcie-root-port")
              .containing(new XmlElement("target").with("chassis", ++chassis))
              .containing(guestAddress(root, device.slot())));
      devices.containing(hostDevice(device, port, managed));
    }
    return root;
  }

  private XmlElement driver(RootBusVsmmu vsmmu, int root) {
    SmmuOptions options = vsmmu.options();
    XmlElement driver = new XmlElement("driver").with("pciBus", root).with("accel", "on");
    setting(driver, "ats", options.ats());
    setting(driver, "ril", options.ril());
    options.ssidSize().ifPresent(bits -> driver.with("ssidsize", bits));
    options.oas().ifPresent(bits -> driver.with("oas", QemuOas.atMost(bits).orElseThrow()));
    if (QemuFeature.CMDQV.in(qemu)) {
      setting(driver, "cmdqv", options.cmdqv());
    }
    return driver;
  }

  private static void setting(XmlElement driver, String attribute, OptionSetting setting) {
    if (setting != OptionSetting.AUTO) {
      driver.with(attribute, setting.text());
    }
  }

  private static XmlElement controller(int index, String model, String name) {
    return new XmlElement("controller")
        .with("type", "pci")
        .with("index", index)
        .with("model", model)
        .containing(new XmlElement("model").with("name", name));
  }

  private static XmlElement hostDevice(AssignedDevice device, int port, String managed) {
    return new XmlElement("hostdev")
        .with("mode", "subsystem")
        .with("type", "pci")
        .with("managed", managed)
        .containing(new XmlElement("driver").with("name", "vfio").with("iommufd", "yes"))
        .containing(new XmlElement("source").containing(hostAddress(device.hostAddress())))
        .containing(guestAddress(port, 0));
  }

  private static XmlElement guestAddress(int bus, int slot) {
    return address("0000", "%02x".formatted(bus), "%02x".formatted(slot), "0").with("type", "pci");
  }

  private static XmlElement hostAddress(String text) {
    return address(
        text.substring(0, 4), text.substring(5, 7), text.substring(8, 10), text.substring(11));
  }

  private static XmlElement address(String domain, String bus, String slot, String function) {
    return new XmlElement("address")
        .with("domain", "0x" + domain)
        .with("bus", "0x" + bus)
        .with("slot", "0x" + slot)
        .with("function", "0x" + function);
  }

  /** The devices stay bound to vfio-pci, as the service found them. */
  private String ownedDomain(VmLayout layout, Optional<String> fdGroup) {
    layout.vsmmus().forEach(vsmmu -> rootBus(vsmmu, "no"));
    XmlElement commandLine = new XmlElement("qemu:commandline");
    for (int i = 0; i < layout.vsmmus().size(); i++) {
      commandLine
          .containing(new XmlElement("qemu:arg").with("value", "-device"))
          .containing(
              new XmlElement("qemu:arg")
                  .with("value", QemuCommandLine.vfioUserFunction(layout.vsmmus().get(i), i)));
    }
    XmlElement memory =
        new XmlElement("memoryBacking")
            .containing(new XmlElement("source").with("type", "memfd"))
            .containing(new XmlElement("access").with("mode", "shared"));
    XmlElement domain = domain().with("xmlns:qemu", QEMU).containing(memory);
    fdGroup.ifPresent(
        group ->
            domain.containing(
                new XmlElement("iommufd").with("enabled", "yes").with("fdgroup", group)));
    return domain.containing(features(layout)).containing(devices).containing(commandLine).text();
  }
}
