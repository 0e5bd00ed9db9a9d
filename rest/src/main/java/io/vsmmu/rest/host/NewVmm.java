package io.vsmmu.rest.host;

import io.swagger.v3.oas.annotations.media.Schema;
import io.vsmmu.control.host.VmmMessage;
import io.vsmmu.rest.problem.ProblemException;
import io.vsmmu.rest.value.EnumNames;
import io.vsmmu.rest.value.NumberText;
import io.vsmmu.rest.value.Numbers;
import io.vsmmu.smmu.spec.OnOffAuto;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.annotation.JsonDeserialize;

/** The body of {@code POST /hosts/local/vmms}: a VMM that binds its devices itself. */
@Schema(name = "NewVmm")
record NewVmm(
    @Nullable
        @Schema(
            requiredMode = Schema.RequiredMode.REQUIRED,
            description = "Name of the VM, or of a vSMMU that has one of its own",
            example = "vm1")
        String vm,
    @Nullable
        @JsonDeserialize(using = NumberText.class)
        @Schema(
            type = "integer",
            requiredMode = Schema.RequiredMode.REQUIRED,
            description = "The VMM's process",
            example = "4711")
        String pid,
    @Nullable
        @JsonDeserialize(using = NumberText.class)
        @Schema(
            type = "integer",
            description =
                "The descriptor of its iommufd, as the process numbers it; without it the only one"
                    + " that it has open")
        String iommufd,
    @Nullable
        @JsonDeserialize(using = NumberText.class)
        @Schema(
            type = "integer",
            description = "Id of the IOAS with the guest's RAM; without it, it is found")
        String ioas,
    @Nullable @Schema(requiredMode = Schema.RequiredMode.REQUIRED, description = "The devices")
        List<NewVmmDevice> devices) {

  @Schema(name = "NewVmmDevice")
  record NewVmmDevice(
      @Nullable
          @JsonDeserialize(using = NumberText.class)
          @Schema(
              type = "integer",
              description = "The descriptor of its file, as the process numbers it")
          String fd,
      @Nullable
          @Schema(description = "PCI address, in place of the descriptor", example = "0000:01:00.0")
          String hostDevice,
      @Nullable
          @Schema(description = "The vSMMU that it is placed behind; without it the VM's only one")
          String vsmmu,
      @Nullable
          @JsonDeserialize(using = NumberText.class)
          @Schema(
              description =
                  "StreamID that the guest uses; without it, it is attached by its address later",
              example = "0x10")
          String sid,
      @Nullable
          @JsonDeserialize(using = NumberText.class)
          @Schema(
              type = "integer",
              description = "Its id on the iommufd (VFIO_DEVICE_BIND_IOMMUFD); else it is found")
          String devid,
      @Nullable @Schema(description = "on, off or auto (the default)") String ats) {

    VmmMessage.Device given(String at) {
      int file = fd == null ? -1 : (int) Numbers.between(at + "fd", fd, 0, Integer.MAX_VALUE);
      if (file < 0) {
        ProblemException.required(at + "hostDevice", hostDevice, "a PCI address, or `fd`");
      }
      return new VmmMessage.Device(
          file,
          vsmmu == null ? "" : vsmmu,
          sid == null ? OptionalInt.empty() : OptionalInt.of(Numbers.sid(at + "sid", sid)),
          number(at + "devid", devid, 1),
          EnumNames.orElse(at + "ats", ats, OnOffAuto.class, OnOffAuto.AUTO)
              .name()
              .toLowerCase(Locale.ROOT));
    }
  }

  String givenVm() {
    return ProblemException.required("vm", vm, "the name of a VM or of a vSMMU");
  }

  int givenPid() {
    return NewDescriptor.given("pid", pid, 1, "a pid, as in 4711");
  }

  OptionalInt givenIommufd() {
    return number("iommufd", iommufd, 0);
  }

  OptionalInt givenIoas() {
    return number("ioas", ioas, 1);
  }

  List<VmmMessage.Device> givenDevices() {
    List<NewVmmDevice> wanted = devices == null ? List.of() : devices;
    if (wanted.isEmpty()) {
      ProblemException.required("devices", null, "at least one device");
    }
    List<VmmMessage.Device> given = new ArrayList<>();
    for (int i = 0; i < wanted.size(); i++) {
      String at = "devices[" + i + "]";
      NewVmmDevice device = wanted.get(i);
      if (device == null) {
        throw ProblemException.invalid(at, null, "a device with `fd` or `hostDevice`");
      }
      given.add(device.given(at + "."));
    }
    return given;
  }

  List<String> givenAddresses() {
    return devices == null
        ? List.of()
        : devices.stream().map(it -> it.hostDevice() == null ? "" : it.hostDevice()).toList();
  }

  private static OptionalInt number(String field, @Nullable String text, int first) {
    return text == null
        ? OptionalInt.empty()
        : OptionalInt.of((int) Numbers.between(field, text, first, Integer.MAX_VALUE));
  }
}
