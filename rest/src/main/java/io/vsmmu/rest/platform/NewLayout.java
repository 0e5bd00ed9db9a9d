package io.vsmmu.rest.platform;

import io.swagger.v3.oas.annotations.media.Schema;
import io.vsmmu.control.placement.LayoutRequest;
import io.vsmmu.control.placement.PlacementLimits;
import io.vsmmu.control.request.VsmmuNames;
import io.vsmmu.control.vm.Machine.Controller;
import io.vsmmu.platform.vmm.CommandLineLimits;
import io.vsmmu.platform.vmm.LibvirtFeature;
import io.vsmmu.platform.vmm.QemuFeature;
import io.vsmmu.platform.vmm.VmmVersion;
import io.vsmmu.rest.problem.ProblemException;
import io.vsmmu.rest.problem.ProblemType;
import io.vsmmu.rest.value.EnumNames;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The body of {@code POST /hosts/local:place}. */
@Schema(name = "NewLayout")
record NewLayout(
    @Nullable
        @Schema(
            requiredMode = Schema.RequiredMode.REQUIRED,
            description = "PCI addresses on the host (GET /api/v1/hosts/local)",
            example = "[\"0000:01:00.0\", \"0000:81:00.0\"]")
        List<String> devices,
    @Nullable @Schema(description = "Name of the VM; vm by default") String vm,
    @Nullable @Schema(description = "Number of the first vSMMU's root bus, 1 to 255; 8 by default")
        Integer firstBus,
    @Nullable @Schema(description = "its (the default) or gicv2m") String msi,
    @Nullable @Schema(description = "Guest memory in MiB for command lines; 1024 by default")
        Long memoryMib,
    @Nullable
        @Schema(
            description =
                "Release of QEMU that the texts are for; 11.0, the first that accelerates, by"
                    + " default",
            example = "11.1")
        String qemu,
    @Nullable
        @Schema(
            description =
                "Release of libvirt that the texts are for; 12.7, the first that accelerates, by"
                    + " default",
            example = "12.7")
        String libvirt,
    @Nullable
        @Schema(
            description =
                "Name under which a client of libvirt associates an iommufd with the domain"
                    + " (virDomainFDAssociate); without it libvirt opens one",
            example = "vsmmu")
        String fdGroup) {

  private static final String DEFAULT_VM = "vm";

  private static final Pattern FD_GROUP = Pattern.compile("[A-Za-z0-9._-]{1,64}");

  /**
   * The longest name of a VM: 63 characters of a vSMMU's name without "-" and the vSMMU's number.
   */
  private static final int VM_CHARS = 60;

  LayoutRequest request() {
    return new LayoutRequest(
        givenVm(),
        givenDevices(),
        (int)
            between(
                "firstBus",
                firstBus == null ? PlacementLimits.FIRST_BUS : firstBus,
                PlacementLimits.LAST_BUS),
        EnumNames.orElse("msi", msi, Controller.class, Controller.ITS),
        between(
            "memoryMib",
            memoryMib == null ? PlacementLimits.MEMORY_MIB : memoryMib,
            CommandLineLimits.MEMORY_MIB));
  }

  VmmVersion givenQemu() {
    return version("qemu", qemu, QemuFeature.USUAL);
  }

  VmmVersion givenLibvirt() {
    return version("libvirt", libvirt, LibvirtFeature.USUAL);
  }

  Optional<String> givenFdGroup() {
    if (fdGroup != null && !FD_GROUP.matcher(fdGroup).matches()) {
      throw ProblemException.invalid(
          "fdGroup", fdGroup, "1 to 64 of a-z, A-Z, 0-9, '.', '_' and '-'");
    }
    return Optional.ofNullable(fdGroup);
  }

  private static VmmVersion version(String field, @Nullable String text, VmmVersion usual) {
    return text == null
        ? usual
        : VmmVersion.parse(text)
            .orElseThrow(() -> ProblemException.invalid(field, text, VmmVersion.FORM));
  }

  private String givenVm() {
    String name = vm == null ? DEFAULT_VM : vm;
    if (name.length() > VM_CHARS || !VsmmuNames.allows(name)) {
      throw ProblemException.invalid(
          "vm", name, VsmmuNames.ALLOWED_TEXT + "; at most " + VM_CHARS + " of them here");
    }
    return name;
  }

  private List<String> givenDevices() {
    if (devices == null) {
      throw ProblemException.of(
          ProblemType.MISSING_FIELD, "devices", null, "PCI addresses, as in 0000:01:00.0");
    }
    if (devices.isEmpty() || devices.size() > PlacementLimits.DEVICES) {
      throw ProblemException.invalid(
          "devices", devices.size() + " devices", "1 to " + PlacementLimits.DEVICES);
    }
    Set<String> once = new HashSet<>();
    for (int i = 0; i < devices.size(); i++) {
      String device = devices.get(i);
      if (device == null || !once.add(device)) {
        throw ProblemException.invalid(
            "devices[" + i + "]", device, "a PCI address, as in 0000:01:00.0, each once");
      }
    }
    return devices;
  }

  private static long between(String field, long value, long most) {
    if (value < 1 || value > most) {
      throw ProblemException.invalid(field, String.valueOf(value), "1 to " + most);
    }
    return value;
  }
}
