package io.vsmmu.platform.vmm;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.platform.BuildResult;
import io.vsmmu.platform.BuildResults;
import io.vsmmu.problem.Problem;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPathFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.w3c.dom.Document;

/** Elements and attributes as libvirt's formatdomain describes them. */
class LibvirtDomainTest {

  private static final VmmVersion LIBVIRT = LibvirtFeature.USUAL;
  private static final VmmVersion QEMU = new VmmVersion(11, 1);

  @Test
  void a_qemu_without_command_queues_for_guests_is_told_nothing_of_them() {
    VmLayout layout = VmLayouts.of(VmLayouts.FIRST);

    assertThat(BuildResults.made(LibvirtDomain.accelerated(layout, LIBVIRT, QEMU)))
        .contains("cmdqv='off'");
    assertThat(BuildResults.made(LibvirtDomain.accelerated(layout, LIBVIRT, QemuFeature.USUAL)))
        .doesNotContain("cmdqv");
  }

  @ParameterizedTest
  @CsvSource({
    "12.6, iommu/driver accel",
    "12.0, hostdev/driver iommufd",
    "11.9, iommu/driver pciBus"
  })
  void a_libvirt_that_cannot_say_it_is_refused(String version, String element) {
    VmmVersion libvirt = VmmVersion.parse(version).orElseThrow();

    assertThat(
            BuildResults.refused(
                LibvirtDomain.accelerated(VmLayouts.of(VmLayouts.FIRST), libvirt, QEMU)))
        .extracting(Problem::required)
        .anyMatch(required -> required.contains(element));
  }

  @Test
  void a_libvirt_without_iommufd_or_its_group_is_refused_what_needs_it() {
    assertThat(
            BuildResults.reason(owned(VmLayouts.of(VmLayouts.FIRST), "12.0", Optional.empty()))
                .required())
        .contains("12.1 or later", "hostdev/driver iommufd");
    assertThat(
            BuildResults.reason(owned(VmLayouts.of(VmLayouts.FIRST), "12.1", Optional.of("g")))
                .required())
        .contains("12.2 or later", "iommufd fdgroup");
    assertThat(BuildResults.made(owned(VmLayouts.of(VmLayouts.FIRST), "12.1", Optional.empty())))
        .contains("vfio-user-pci");
  }

  private static BuildResult<String> owned(
      VmLayout layout, String libvirt, Optional<String> group) {
    return LibvirtDomain.owned(layout, VmmVersion.parse(libvirt).orElseThrow(), QEMU, group);
  }

  /** The domain and the command of run are two texts of one machine. */
  @Test
  void a_domain_has_the_devices_streamids_and_vsmmus_of_the_command_that_run_takes()
      throws Exception {
    VmLayout layout = VmLayouts.of(VmLayouts.FIRST, plain(VmLayouts.SECOND));
    Document xml = parsed(BuildResults.made(owned(layout, "12.2", Optional.of("vsmmu"))));
    List<String> run = BuildResults.made(QemuCommandLine.run("vm1", layout, QEMU));

    List<String> devices =
        IntStream.range(0, run.size())
            .filter(i -> run.get(i).equals("--device"))
            .mapToObj(i -> VmmOwnedDevice.parse(run.get(i + 1)).orElseThrow())
            .map(device -> "%s 0x%x".formatted(device.address(), device.streamId()))
            .toList();
    assertThat(devices).hasSize(3);
    assertThat(devicesOf(xml)).containsExactlyElementsOf(devices);
    assertThat(run.subList(0, 3)).containsExactly("./vsmmu", "run", "vm1");
    assertThat(run)
        .as("each device has the root port that it names")
        .filteredOn(argument -> argument.startsWith("pcie-root-port"))
        .extracting(argument -> argument.replaceFirst(".*id=([^,]*),.*", "$1"))
        .containsExactlyElementsOf(
            QemuCommandLine.ownedDevices(layout).stream().map(VmmOwnedDevice::bus).toList());
    List<String> placed =
        QemuDeviceArguments.withVsmmus(
            List.of(), layout.vsmmus().stream().map(RootBusVsmmu::socket).toList());
    for (int i = 0; i < 2; i++) {
      String argument = at(xml, "//*[name()='qemu:arg'][" + 2 * (i + 1) + "]/@value");
      assertThat(argument.replaceFirst("\"id\":\"[^\"]*\"", ""))
          .isEqualTo(placed.get(2 * i + 1).replaceFirst("\"id\":\"[^\"]*\"", ""));
    }
    assertThat(at(xml, "/domain/iommufd/@fdgroup")).isEqualTo("vsmmu");
    assertThat(at(xml, "/domain/iommufd/@enabled")).isEqualTo("yes");
    assertThat(at(xml, "count(//iommu)")).as("QEMU's own SMMU").isEqualTo("0");
    assertThat(at(xml, "count(//hostdev[@managed='no'][driver/@iommufd='yes'])")).isEqualTo("3");
    assertThat(LibvirtDomain.ownedNotes("vm1", layout).getFirst())
        .contains("{\"hostDevice\":\"0000:02:00.0\",\"vsmmu\":\"vm1\",\"sid\":\"0x900\"}");
  }

  /**
   * Host address and StreamID of each, as firmware numbers the buses: one root port after another.
   */
  private static List<String> devicesOf(Document xml) throws Exception {
    List<String> devices = new ArrayList<>();
    int roots = Integer.parseInt(at(xml, "count(//controller[@model='pcie-expander-bus'])"));
    for (int root = 1; root <= roots; root++) {
      String expander = "(//controller[@model='pcie-expander-bus'])[" + root + "]";
      int bus = Integer.parseInt(at(xml, expander + "/target/@busNr"));
      String index = "0x%02x".formatted(Integer.parseInt(at(xml, expander + "/@index")));
      String ports = "//controller[@model='pcie-root-port'][address/@bus='" + index + "']";
      int count = Integer.parseInt(at(xml, "count(" + ports + ")"));
      for (int port = 1; port <= count; port++) {
        int portIndex = Integer.parseInt(at(xml, "(" + ports + ")[" + port + "]/@index"));
        String source = "//hostdev[address/@bus='0x%02x']/source/address/@".formatted(portIndex);
        devices.add(
            "%s:%s:%s.%s 0x%x"
                .formatted(
                    digits(xml, source + "domain"),
                    digits(xml, source + "bus"),
                    digits(xml, source + "slot"),
                    digits(xml, source + "function"),
                    bus + port << 8));
      }
    }
    return devices;
  }

  private static String digits(Document xml, String path) throws Exception {
    return at(xml, path).replaceFirst("0x", "");
  }

  @Test
  void an_output_address_size_that_qemu_has_not_becomes_the_next_lower_one() {
    SmmuOptions wide =
        new SmmuOptions(
            OptionSetting.AUTO,
            OptionSetting.AUTO,
            OptionalInt.of(52),
            OptionalInt.empty(),
            OptionSetting.AUTO);

    assertThat(
            BuildResults.made(
                LibvirtDomain.accelerated(VmLayouts.of(VmLayouts.showing(wide)), LIBVIRT, QEMU)))
        .contains("oas='48'");
  }

  private static Document parsed(String xml) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)));
  }

  private static String at(Document document, String path) throws Exception {
    return XPathFactory.newInstance().newXPath().evaluate(path, document);
  }

  private static RootBusVsmmu plain(RootBusVsmmu vsmmu) {
    List<AssignedDevice> devices =
        vsmmu.devices().stream().map(d -> AssignedDevice.of(d.hostAddress(), d.slot())).toList();
    return new RootBusVsmmu(vsmmu.name(), vsmmu.socket(), vsmmu.bus(), vsmmu.options(), devices);
  }

  @Test
  void an_iommu_is_on_the_expander_bus_that_its_devices_are_behind() throws Exception {
    Document xml =
        parsed(
            BuildResults.made(
                LibvirtDomain.accelerated(
                    VmLayouts.of(VmLayouts.FIRST, plain(VmLayouts.SECOND)), LIBVIRT, QEMU)));
    String second = "/domain/devices/iommu[2]/driver";
    String bus = at(xml, second + "/@pciBus");

    assertThat(at(xml, "count(/domain/devices/iommu[@model='smmuv3'])")).isEqualTo("2");
    assertThat(at(xml, "//controller[@index='" + bus + "']/@model")).isEqualTo("pcie-expander-bus");
    assertThat(at(xml, "//controller[@index='" + bus + "']/target/@busNr")).isEqualTo("32");
    String port = "//controller[@model='pcie-root-port'][address/@bus='0x0" + bus + "']";
    assertThat(at(xml, port + "/address/@slot")).isEqualTo("0x1f");
    assertThat(
            at(
                xml,
                "//hostdev[address/@bus='0x0"
                    + at(xml, port + "/@index")
                    + "']/source/address/@function"))
        .isEqualTo("0x7");
  }

  @Test
  void properties_that_are_chosen_are_attributes() throws Exception {
    Document xml =
        parsed(
            BuildResults.made(
                LibvirtDomain.accelerated(
                    VmLayouts.of(VmLayouts.FIRST, plain(VmLayouts.SECOND)), LIBVIRT, QEMU)));
    String first = "//iommu[1]/driver/@";
    String second = "//iommu[2]/driver/@";

    assertThat(at(xml, first + "accel")).isEqualTo("on");
    assertThat(at(xml, first + "ats")).isEmpty();
    assertThat(at(xml, first + "cmdqv")).isEqualTo("off");
    assertThat(at(xml, second + "ats")).isEqualTo("on");
    assertThat(at(xml, second + "ril")).isEqualTo("off");
    assertThat(at(xml, second + "ssidsize")).isEqualTo("16");
    assertThat(at(xml, second + "oas")).isEqualTo("48");
    assertThat(at(xml, "count(//hostdev[driver/@iommufd='yes'])")).isEqualTo("3");
    assertThat(at(xml, "/domain/features/gic/@version")).isEqualTo("3");
    assertThat(at(xml, "count(/domain/features/acpi)")).isEqualTo("1");
  }

  @Test
  void what_libvirt_cannot_say_is_refused() {
    assertThat(
            BuildResults.refused(
                LibvirtDomain.accelerated(VmLayouts.of(VmLayouts.SECOND), LIBVIRT, QEMU)))
        .extracting(Problem::field)
        .containsExactly(
            "vsmmus[1b.x].devices[0001:0a:1f.7].ats",
            "vsmmus[1b.x].devices[0001:0a:1f.7].pasidOffset");
  }

  @Test
  void ours_go_through_the_command_line_and_memory_is_shared() throws Exception {
    RootBusVsmmu vsmmu = VmLayouts.named("a", "/run/<a>&'\"b");
    Document xml =
        parsed(
            BuildResults.made(
                LibvirtDomain.owned(VmLayouts.of(vsmmu), LIBVIRT, QEMU, Optional.empty())));

    assertThat(at(xml, "/domain/memoryBacking/access/@mode")).isEqualTo("shared");
    assertThat(at(xml, "//*[local-name()='arg' or name()='qemu:arg'][1]/@value"))
        .isEqualTo("-device");
    assertThat(at(xml, "//*[name()='qemu:arg'][2]/@value"))
        .isEqualTo(QemuCommandLine.vfioUserFunction(vsmmu, 0))
        .contains("/run/<a>&'\\\"b");
    assertThat(at(xml, "count(/domain/iommufd)")).as("libvirt opens one").isEqualTo("0");
  }
}
