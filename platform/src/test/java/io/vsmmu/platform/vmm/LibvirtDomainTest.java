package io.vsmmu.platform.vmm;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.platform.Outcomes;
import io.vsmmu.platform.Refusal;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalInt;
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

    assertThat(Outcomes.made(LibvirtDomain.accelerated(layout, LIBVIRT, QEMU)))
        .contains("cmdqv='off'");
    assertThat(Outcomes.made(LibvirtDomain.accelerated(layout, LIBVIRT, QemuFeature.USUAL)))
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
            Outcomes.refused(
                LibvirtDomain.accelerated(VmLayouts.of(VmLayouts.FIRST), libvirt, QEMU)))
        .extracting(Refusal::required)
        .anyMatch(required -> required.contains(element));
    assertThat(Outcomes.made(LibvirtDomain.vfioUser(VmLayouts.of(VmLayouts.FIRST), libvirt, QEMU)))
        .contains("vfio-user-pci");
  }

  @Test
  void an_output_address_size_that_qemu_has_not_becomes_the_next_lower_one() {
    VsmmuProperties wide =
        new VsmmuProperties(
            Choice.AUTO, Choice.AUTO, OptionalInt.of(52), OptionalInt.empty(), Choice.AUTO);

    assertThat(
            Outcomes.made(
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

  private static PlacedVsmmu plain(PlacedVsmmu vsmmu) {
    List<AssignedDevice> devices =
        vsmmu.devices().stream().map(d -> AssignedDevice.of(d.hostAddress(), d.slot())).toList();
    return new PlacedVsmmu(vsmmu.name(), vsmmu.socket(), vsmmu.bus(), vsmmu.properties(), devices);
  }

  @Test
  void an_iommu_is_on_the_expander_bus_that_its_devices_are_behind() throws Exception {
    Document xml =
        parsed(
            Outcomes.made(
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
            Outcomes.made(
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
            Outcomes.refused(
                LibvirtDomain.accelerated(VmLayouts.of(VmLayouts.SECOND), LIBVIRT, QEMU)))
        .extracting(Refusal::field)
        .containsExactly(
            "vsmmus[1b.x].devices[0001:0a:1f.7].ats",
            "vsmmus[1b.x].devices[0001:0a:1f.7].pasidOffset");
  }

  @Test
  void ours_go_through_the_command_line_and_memory_is_shared() throws Exception {
    PlacedVsmmu vsmmu = VmLayouts.named("a", "/run/<a>&'\"b");
    Document xml =
        parsed(Outcomes.made(LibvirtDomain.vfioUser(VmLayouts.of(vsmmu), LIBVIRT, QEMU)));

    assertThat(at(xml, "/domain/memoryBacking/access/@mode")).isEqualTo("shared");
    assertThat(at(xml, "//*[local-name()='arg' or name()='qemu:arg'][1]/@value"))
        .isEqualTo("-device");
    assertThat(at(xml, "//*[name()='qemu:arg'][2]/@value"))
        .isEqualTo(QemuCommandLine.vfioUserFunction(vsmmu, 0))
        .contains("/run/<a>&'\\\"b");
  }
}
