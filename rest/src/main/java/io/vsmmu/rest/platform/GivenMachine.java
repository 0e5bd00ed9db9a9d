package io.vsmmu.rest.platform;

import io.swagger.v3.oas.annotations.Parameter;
import io.vsmmu.control.vm.Machine;
import io.vsmmu.control.vm.Machine.Controller;
import io.vsmmu.control.vm.SmmuLocation;
import io.vsmmu.platform.acpi.GuestMsi;
import io.vsmmu.rest.problem.ProblemException;
import io.vsmmu.rest.value.EnumNames;
import io.vsmmu.rest.value.Numbers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The parameters that describe the machine of a vSMMU without a VM. */
record GivenMachine(
    @Parameter(description = "Guest-physical address of the register frame, of BAR 0")
        @Nullable String frame,
    @Parameter(description = "First bus behind it; by default that of its devices")
        @Nullable String firstBus,
    @Parameter(description = "Last bus behind it") @Nullable String lastBus,
    @Parameter(description = "Four INTIDs event,pri,gerror,sync; without them it uses MSIs")
        @Nullable String wires,
    @Parameter(description = PlatformController.MSI) @Nullable String msi,
    @Parameter(description = PlatformController.MSI_BASE) @Nullable String msiBase,
    @Parameter(description = "physical (the default) or translated, as `guestMsi` of a machine")
        @Nullable String guestMsi) {

  private static final int WIRES = 4;
  private static final int LAST_BUS = 255;
  private static final int INTID_BITS = 32;

  /**
   * Refuses every parameter: the machine of a VM is described by {@code PUT /vms/{vm}/machine}
   * alone.
   */
  void nothing(String vm) {
    Map<String, @Nullable String> all = new TreeMap<>();
    all.put("msi", msi);
    all.put("msiBase", msiBase);
    all.put("frame", frame);
    all.put("wires", wires);
    all.put("firstBus", firstBus);
    all.put("lastBus", lastBus);
    all.put("guestMsi", guestMsi);
    for (Map.Entry<String, @Nullable String> parameter : all.entrySet()) {
      if (parameter.getValue() != null) {
        throw ProblemException.invalid(
            parameter.getKey(),
            parameter.getValue(),
            "nothing for a vSMMU of a VM: PUT /api/v1/vms/%s/machine tells it".formatted(vm));
      }
    }
  }

  /** The machine with its interrupt controller, but without the vSMMU's register frame. */
  Machine controllerOnly() {
    return machine(List.of());
  }

  Machine with(String vsmmu) {
    String address = ProblemException.required("frame", frame, "the address of the register frame");
    if ((firstBus == null) != (lastBus == null)) {
      throw ProblemException.invalid(
          firstBus == null ? "firstBus" : "lastBus", null, "both ends of the range, or neither");
    }
    return machine(
        List.of(
            new SmmuLocation(
                vsmmu,
                Numbers.unsigned("frame", address, Numbers.ADDRESS_BITS),
                givenWires(),
                null,
                bus("firstBus", firstBus),
                bus("lastBus", lastBus))));
  }

  private Machine machine(List<SmmuLocation> places) {
    Controller controller = EnumNames.orElse("msi", msi, Controller.class, Controller.ITS);
    long base =
        msiBase == null
            ? controller.defaultBase()
            : Numbers.unsigned("msiBase", msiBase, Numbers.ADDRESS_BITS);
    return new Machine(
        controller,
        base,
        Machine.DEFAULT.bridges(),
        places,
        EnumNames.orElse("guestMsi", guestMsi, GuestMsi.class, Machine.DEFAULT.guestMsi()),
        Machine.DEFAULT.optionRom());
  }

  private static @Nullable Integer bus(String field, @Nullable String text) {
    return text == null ? null : (Integer) (int) Numbers.between(field, text, 0, LAST_BUS);
  }

  private SmmuLocation.@Nullable Wires givenWires() {
    if (wires == null) {
      return null;
    }
    List<Long> numbers = new ArrayList<>();
    Stream.of(wires.split(",", -1))
        .limit(WIRES + 1L)
        .forEach(text -> numbers.add(Numbers.unsigned("wires", text, INTID_BITS)));
    if (numbers.size() != WIRES) {
      throw ProblemException.invalid(
          "wires", wires, "four INTIDs: event,pri,gerror,sync, as in 106,107,109,108");
    }
    return new SmmuLocation.Wires(numbers.get(0), numbers.get(1), numbers.get(2), numbers.get(3));
  }
}
