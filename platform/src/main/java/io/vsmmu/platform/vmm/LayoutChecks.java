package io.vsmmu.platform.vmm;

import io.vsmmu.platform.PlatformLimits;
import io.vsmmu.platform.Refusals;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** The rules for a {@link VmLayout}, most of which do not depend on the VMM. */
final class LayoutChecks {

  private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9._-]{0,61}[a-z0-9])?");
  private static final Pattern HOST_ADDRESS =
      Pattern.compile("[0-9a-f]{4}:[0-9a-f]{2}:[01][0-9a-f]\\.[0-7]");

  private final Refusals refusals = new Refusals();
  private final Set<String> names = new HashSet<>();
  private final Set<String> hostAddresses = new HashSet<>();

  private LayoutChecks() {}

  static Refusals common(VmLayout layout) {
    LayoutChecks checks = new LayoutChecks();
    checks.run(layout);
    return checks.refusals;
  }

  /** The rules of {@link #common}, and those for a VMM that shares memory and uses a socket. */
  static Refusals vfioUser(VmLayout layout) {
    Refusals refusals = common(layout);
    if (refusals.none()) {
      shared(layout, refusals);
    }
    return refusals;
  }

  /** The rules of {@link #vfioUser}, and those for devices that the VMM binds itself. */
  static Refusals owned(VmLayout layout) {
    Refusals refusals = vfioUser(layout);
    int devices = layout.vsmmus().stream().mapToInt(vsmmu -> vsmmu.devices().size()).sum();
    refusals.unless(
        devices <= CommandLineLimits.OWNED_DEVICES,
        "devices.size",
        Integer.toString(devices),
        "at most " + CommandLineLimits.OWNED_DEVICES + ", which is what one VMM may own",
        "give some of them to another VM");
    return refusals;
  }

  private static void shared(VmLayout layout, Refusals refusals) {
    refusals.inRange(
        "memoryMib",
        layout.memoryMib(),
        1,
        CommandLineLimits.MEMORY_MIB,
        "say how much the guest has");
    refusals.inRange(
        "vsmmus.size",
        layout.vsmmus().size(),
        1,
        CommandLineLimits.FUNCTIONS,
        "each is a function on the first bus");
    for (RootBusVsmmu vsmmu : layout.vsmmus()) {
      String socket = vsmmu.socket();
      int bytes = socket.getBytes(StandardCharsets.UTF_8).length;
      refusals.unless(
          socket.startsWith("/")
              && bytes <= CommandLineLimits.SOCKET_PATH_BYTES
              && socket.chars().noneMatch(Character::isISOControl),
          "vsmmus[" + vsmmu.name() + "].socket",
          "'" + printable(socket) + "', " + bytes + " bytes",
          "an absolute path of at most " + CommandLineLimits.SOCKET_PATH_BYTES + " bytes",
          "take the path that creating the vSMMU gave");
    }
  }

  private void run(VmLayout layout) {
    boolean fits =
        refusals.inRange(
            "vsmmus.size",
            layout.vsmmus().size(),
            1,
            PlatformLimits.VSMMUS,
            "place another number of vSMMUs");
    List<RootBusVsmmu> vsmmus = fits ? layout.vsmmus() : List.of();
    for (int i = 0; i < vsmmus.size(); i++) {
      vsmmu(vsmmus.get(i));
      for (RootBusVsmmu other : vsmmus.subList(0, i)) {
        apart(vsmmus.get(i), other);
      }
    }
  }

  private void vsmmu(RootBusVsmmu vsmmu) {
    String at = "vsmmus[" + printable(vsmmu.name()) + "]";
    refusals.unless(
        NAME.matcher(vsmmu.name()).matches(),
        at + ".name",
        "'" + printable(vsmmu.name()) + "'",
        "1 to 63 of a-z, 0-9, '.', '_' and '-', not at an end",
        "take the name of a vSMMU");
    refusals.unless(
        names.add(vsmmu.name()), at + ".name", "given twice", "given once", "rename one");
    refusals.inRange(
        at + ".bus", vsmmu.bus(), 1, CommandLineLimits.LAST_BUS, "bus 0 is the machine's own");
    boolean fits =
        refusals.inRange(
            at + ".devices.size",
            vsmmu.devices().size(),
            0,
            CommandLineLimits.SLOTS,
            "a bus has 32 slots");
    refusals.unless(
        vsmmu.lastBus() <= CommandLineLimits.LAST_BUS,
        at + ".bus",
        Integer.toString(vsmmu.bus()),
        "at most 255 less one for each of the " + vsmmu.devices().size() + " devices",
        "begin at a lower bus");
    SmmuOptions options = vsmmu.options();
    options
        .ssidSize()
        .ifPresent(
            s ->
                refusals.inRange(
                    at + ".ssidSize",
                    s,
                    0,
                    CommandLineLimits.SSID_BITS,
                    "SubstreamIDs have 20 bits"));
    options
        .oas()
        .ifPresent(
            bits ->
                refusals.unless(
                    CommandLineLimits.OUTPUT_ADDRESS_BITS.contains(bits),
                    at + ".oas",
                    Integer.toString(bits),
                    "one of " + CommandLineLimits.OUTPUT_ADDRESS_BITS.stream().sorted().toList(),
                    "take one that the host has"));
    Set<Integer> slots = new HashSet<>();
    for (AssignedDevice device : fits ? vsmmu.devices() : List.<AssignedDevice>of()) {
      device(device, at + ".devices[" + printable(device.hostAddress()) + "]", slots);
    }
  }

  private void device(AssignedDevice device, String at, Set<Integer> slots) {
    refusals.unless(
        HOST_ADDRESS.matcher(device.hostAddress()).matches(),
        at + ".hostAddress",
        "'" + printable(device.hostAddress()) + "'",
        "written as 0000:01:00.0",
        "take it from GET /hosts/local");
    refusals.unless(
        hostAddresses.add(device.hostAddress()),
        at + ".hostAddress",
        "given twice",
        "given once",
        "a device can be behind one vSMMU only");
    refusals.inRange(
        at + ".slot", device.slot(), 0, CommandLineLimits.SLOTS - 1, "a bus has 32 slots");
    refusals.unless(
        slots.add(device.slot()),
        at + ".slot",
        Integer.toString(device.slot()),
        "free",
        "give each device a slot of its own");
    device
        .pasidOffset()
        .ifPresent(
            offset ->
                refusals.unless(
                    offset >= 0x100 && offset <= 0xFF8 && offset % 4 == 0,
                    at + ".pasidOffset",
                    Refusals.hex(offset),
                    "a multiple of 4 from 0x100 to 0xff8",
                    "leave it out to let the VMM choose"));
  }

  private void apart(RootBusVsmmu vsmmu, RootBusVsmmu other) {
    refusals.unless(
        vsmmu.bus() > other.lastBus() || other.bus() > vsmmu.lastBus(),
        "vsmmus[" + printable(vsmmu.name()) + "].bus",
        vsmmu.bus() + " to " + vsmmu.lastBus(),
        "apart from " + other.bus() + " to " + other.lastBus() + " of " + printable(other.name()),
        "leave one bus for the root and one for each device");
  }

  private static String printable(String text) {
    String shown = text.length() > 80 ? text.substring(0, 80) + "..." : text;
    return shown.replaceAll("\\p{Cntrl}", "?");
  }
}
