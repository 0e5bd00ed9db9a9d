package io.vsmmu.cli.command;

import io.vsmmu.cli.output.ExitCode;
import io.vsmmu.cli.output.Failure;
import io.vsmmu.host.vmm.VmmOwnedLimits;
import io.vsmmu.platform.vmm.QemuDeviceArguments;
import io.vsmmu.platform.vmm.VmmOwnedDevice;
import io.vsmmu.problem.Problem;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/** Checks the arguments of {@code run} before anything is opened. */
final class RunChecks {

  private final List<String> command;
  private final List<VmmOwnedDevice> devices;

  RunChecks(List<String> command, List<VmmOwnedDevice> devices) {
    this.command = List.copyOf(command);
    this.devices = List.copyOf(devices);
  }

  /**
   * The checks that need no service; throws {@link Failure} for the first argument that is wrong.
   */
  void arguments() {
    QemuDeviceArguments.fatal(command)
        .ifPresent(
            argument ->
                refuse(
                    "-device " + argument,
                    "without id=",
                    "given an id: stock QEMU ends by SIGSEGV for a vfio-pci with fd= and no id=",
                    "add id=NAME"));
    if (devices.size() > VmmOwnedLimits.DEVICES) {
      refuse(
          "--device",
          "given %d times".formatted(devices.size()),
          "given %d times at most".formatted(VmmOwnedLimits.DEVICES),
          "give the other devices to another VM");
    }
    for (VmmOwnedDevice device : devices) {
      if (device.lacksBus()) {
        refuse(
            option(device),
            "on bus %d of the guest".formatted(device.streamId() >> 8),
            "on bus 0, or on a bus that is named",
            "name it: %s,bus=ID".formatted(device.text()));
      }
    }
    distinct(
        device -> device.address().toLowerCase(Locale.ROOT),
        "another device than %s: it can be given to a guest once",
        "leave one of them out");
    distinct(
        QemuDeviceArguments::place,
        "at another PCI address than %s",
        "name another bus= or addr=, or take another StreamID");
    for (VmmOwnedDevice device : devices) {
      if (QemuDeviceArguments.lacksFunctionZero(device, devices, command)) {
        refuse(
            option(device),
            "function %d of slot %x on %s, which has no function 0"
                .formatted(device.function(), device.slot(), device.bus()),
            "in a slot that has one with multifunction=on: a guest looks at the other functions of"
                + " a slot only if it finds that one",
            "%s, or give the slot a function 0".formatted(asFunctionZero(device)));
      }
    }
  }

  /** The remedy that makes the device itself function 0 of its slot. */
  private static String asFunctionZero(VmmOwnedDevice device) {
    return device.property("addr").isPresent()
        ? "name addr=%x.0".formatted(device.slot())
        : "take StreamID 0x%x".formatted(device.streamId() & ~7);
  }

  private static String vsmmu(VmmOwnedDevice device, List<String> names) {
    return device.vsmmu().isEmpty() ? names.getFirst() : device.vsmmu();
  }

  private void distinct(Function<VmmOwnedDevice, String> key, String required, String remedy) {
    Map<String, VmmOwnedDevice> seen = new HashMap<>();
    for (VmmOwnedDevice device : devices) {
      VmmOwnedDevice earlier = seen.put(key.apply(device), device);
      if (earlier != null) {
        refuse("a --device", device.text(), required.formatted(earlier.text()), remedy);
      }
    }
  }

  /** The checks that need the names of the VM's vSMMUs. */
  void vsmmus(List<String> names) {
    for (VmmOwnedDevice device : devices) {
      String vsmmu = device.vsmmu();
      if (vsmmu.isEmpty() ? names.size() > 1 : !names.contains(vsmmu)) {
        refuse(
            option(device),
            vsmmu.isEmpty() ? "behind no vSMMU that is named" : "behind vSMMU " + vsmmu,
            "behind one of " + names,
            "name it: --device %s".formatted(behind(device, names.getFirst())));
      }
      if (QemuDeviceArguments.isAtVsmmu(device, names.size())) {
        refuse(
            option(device),
            "at the PCI address of a vSMMU (%s)".formatted(QemuDeviceArguments.place(device)),
            "elsewhere: the VM's vSMMUs have the last %d slots of the first bus"
                .formatted(names.size()),
            "name another addr=, or take a StreamID below 0x%x"
                .formatted((32 - names.size()) << 3));
      }
    }
    distinct(
        device -> "%s 0x%x".formatted(vsmmu(device, names), device.streamId()),
        "another StreamID than %s",
        "give each device of a vSMMU a StreamID of its own");
  }

  private static String behind(VmmOwnedDevice device, String vsmmu) {
    return new VmmOwnedDevice(device.address(), device.streamId(), vsmmu, device.properties())
        .text();
  }

  private static String option(VmmOwnedDevice device) {
    return "--device " + device.text();
  }

  private static void refuse(String field, String given, String required, String remedy) {
    throw new Failure(ExitCode.USAGE, new Problem(field, given, required, remedy).message());
  }
}
