package io.vsmmu.rest.platform;

import io.swagger.v3.oas.annotations.media.Schema;
import io.vsmmu.control.placement.ProposedLayout;
import io.vsmmu.control.placement.ProposedLayout.ProposedDevice;
import io.vsmmu.control.placement.ProposedLayout.ProposedVsmmu;
import io.vsmmu.platform.BuildResult;
import io.vsmmu.platform.vmm.LibvirtDomain;
import io.vsmmu.platform.vmm.QemuCommandLine;
import io.vsmmu.platform.vmm.VmLayout;
import io.vsmmu.platform.vmm.VmmVersion;
import io.vsmmu.projections.view.Hex;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

@Schema(name = "Layout", description = "One vSMMU for each physical SMMU; nothing was changed")
record LayoutResource(
    @Schema(description = "Name of the VM, as POST /vms takes it") String vm,
    List<LayoutVsmmu> vsmmus,
    @Schema(description = "For a machine with the vSMMUs above, over vfio-user") VmmTexts vsmmu,
    @Schema(
            description =
                "For a machine with QEMU's own accelerated SMMUs: QEMU drives iommufd, and the"
                    + " service is not asked")
        VmmTexts accelerated,
    List<String> notes) {

  /** The beginning of a note that concerns libvirt's domain alone. */
  private static final String LIBVIRT = "libvirt: ";

  @Schema(name = "VmmTexts")
  record VmmTexts(
      @Nullable @Schema(description = "Arguments of qemu-system-aarch64, for a shell") String qemu,
      @Nullable
          @Schema(
              description =
                  "The whole command of ./vsmmu run for devices that QEMU binds itself, for a"
                      + " shell; null for QEMU's own SMMUs")
          String run,
      @Nullable @Schema(description = "Fragment of libvirt's domain XML") String libvirt,
      @Schema(description = "Why one of them is null") List<String> problems,
      @Schema(
              description =
                  "What has to be known of them; what begins with a text's name is about that one"
                      + " alone")
          List<String> notes) {

    private static VmmTexts accelerated(
        BuildResult<List<String>> qemu, BuildResult<String> libvirt, List<String> notes) {
      List<String> problems = new ArrayList<>();
      return new VmmTexts(
          text("qemu", qemu.then(VmmTexts::shell), problems),
          null,
          text("libvirt", libvirt, problems),
          problems,
          notes);
    }

    private static VmmTexts vsmmu(
        BuildResult<List<String>> qemu,
        BuildResult<List<String>> run,
        BuildResult<String> libvirt,
        List<String> notes) {
      List<String> problems = new ArrayList<>();
      return new VmmTexts(
          text("qemu", qemu.then(VmmTexts::shell), problems),
          text("run", run.then(VmmTexts::shell), problems),
          text("libvirt", libvirt, problems),
          problems,
          notes);
    }

    private static BuildResult<String> shell(List<String> arguments) {
      return new BuildResult.Built<>(QemuCommandLine.forShell(arguments));
    }

    private static @Nullable String text(
        String vmm, BuildResult<String> outcome, List<String> problems) {
      return switch (outcome) {
        case BuildResult.Built<String>(String text) -> text;
        case BuildResult.Refused<String> refused -> {
          refused.reasons().forEach(reason -> problems.add(vmm + ": " + reason.message()));
          yield null;
        }
      };
    }
  }

  /** A proposed vSMMU: {@code POST /vsmmus} takes its name, vm and properties. */
  @Schema(name = "LayoutVsmmu")
  record LayoutVsmmu(
      String name,
      String vm,
      String physicalSmmu,
      @Schema(description = "Number of its root bus") int bus,
      LayoutProperties properties,
      List<LayoutDevice> devices) {}

  /** The properties of a proposed vSMMU, as its physical SMMU and its devices have them. */
  @Schema(name = "LayoutProperties")
  record LayoutProperties(
      @Schema(description = "on or off") String ats,
      @Schema(description = "on or off") String ril,
      int oas,
      int ssidsize) {}

  /** A placed device: {@code POST /vsmmus/{name}/devices} takes its hostDevice, sid and ats. */
  @Schema(name = "LayoutDevice")
  record LayoutDevice(
      String hostDevice,
      String sid,
      @Schema(description = "on or off") String ats,
      @Schema(description = "iommu group") int group,
      @Schema(description = "Slot of its root port on the vSMMU's bus") int slot) {}

  /**
   * Shows a layout.
   *
   * @param qemu the release that command lines are for
   * @param libvirt the release that domains are for
   * @param fdGroup of the iommufd that a client of libvirt associates; empty when libvirt opens one
   */
  static LayoutResource of(
      String vm,
      ProposedLayout layout,
      VmmVersion qemu,
      VmmVersion libvirt,
      Optional<String> fdGroup) {
    VmLayout machine = layout.machine();
    return new LayoutResource(
        vm,
        layout.vsmmus().stream().map(vsmmu -> vsmmu(vm, vsmmu)).toList(),
        VmmTexts.vsmmu(
            QemuCommandLine.vfioUser(machine, qemu),
            QemuCommandLine.run(vm, machine, qemu),
            LibvirtDomain.owned(machine, libvirt, qemu, fdGroup),
            LibvirtDomain.ownedNotes(vm, machine).stream().map(LIBVIRT::concat).toList()),
        VmmTexts.accelerated(
            QemuCommandLine.accelerated(machine, qemu),
            LibvirtDomain.accelerated(machine, libvirt, qemu),
            QemuCommandLine.acceleratedNotes(machine, qemu)),
        layout.notes());
  }

  private static LayoutVsmmu vsmmu(String vm, ProposedVsmmu it) {
    return new LayoutVsmmu(
        it.name(),
        vm,
        it.physicalSmmu(),
        it.bus(),
        new LayoutProperties(onOff(it.ats()), onOff(it.ril()), it.oas(), it.ssidSize()),
        it.devices().stream().map(LayoutResource::device).toList());
  }

  private static LayoutDevice device(ProposedDevice it) {
    return new LayoutDevice(
        it.address(), Hex.of(it.streamId()), onOff(it.ats()), it.group(), it.slot());
  }

  private static String onOff(boolean on) {
    return on ? "on" : "off";
  }
}
