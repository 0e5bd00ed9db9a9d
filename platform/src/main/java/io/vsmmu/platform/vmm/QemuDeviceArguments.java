package io.vsmmu.platform.vmm;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The arguments that {@code ./vsmmu run} adds to a command line of QEMU: devices that QEMU binds
 * itself, on an iommufd that it inherits, and the vSMMUs that translate for them.
 */
public final class QemuDeviceArguments {

  /** QEMU's id of the iommufd object that the devices are bound to. */
  public static final String IOMMUFD = "vsmmu-iommufd";

  private static final int LAST_SLOT = 0x1F;

  /** The spellings of true that QEMU reads (qapi/qapi-util.c, qapi_bool_parse). */
  private static final Set<String> MULTIFUNCTION_VALUES = Set.of("on", "yes", "true", "y");

  private static final Pattern FD = Pattern.compile("(^|[,{\"\\s])fd[\"=]");
  private static final Pattern ID = Pattern.compile("(^|[,{\"\\s])id[\"=]");

  private QemuDeviceArguments() {}

  /**
   * The command with the iommufd, the devices and the vSMMUs after the caller's arguments, so that
   * QEMU has created the buses that they name. The vSMMUs are last, so that QEMU connects to them
   * after it has bound all devices.
   *
   * @param command QEMU and the caller's arguments
   * @param iommufd number of the inherited descriptor
   * @param devices in the order in which QEMU binds them
   * @param files number of each device's inherited file
   * @param sockets socket paths of the vSMMUs, which are at 00:1f.0 and below
   */
  public static List<String> complete(
      List<String> command,
      int iommufd,
      List<VmmOwnedDevice> devices,
      List<Integer> files,
      List<String> sockets) {
    List<String> complete = new ArrayList<>(command);
    complete.addAll(List.of("-object", "iommufd,id=%s,fd=%d".formatted(IOMMUFD, iommufd)));
    for (int i = 0; i < devices.size(); i++) {
      VmmOwnedDevice device = devices.get(i);
      complete.addAll(
          List.of("-device", vfioPci(device, i, files.get(i), sharesSlot(device, devices))));
    }
    return withVsmmus(complete, sockets);
  }

  /** The command with the vSMMUs and without devices. */
  public static List<String> withVsmmus(List<String> command, List<String> sockets) {
    List<String> complete = new ArrayList<>(command);
    for (int i = 0; i < sockets.size(); i++) {
      complete.addAll(List.of("-device", vsmmu("vsmmu" + i, sockets.get(i), i)));
    }
    return List.copyOf(complete);
  }

  /** Whether the device is in a slot that one of {@code vsmmus} vSMMUs has. */
  public static boolean isAtVsmmu(VmmOwnedDevice device, int vsmmus) {
    return device.isOnFirstBus()
        && device.slot() <= LAST_SLOT
        && device.slot() > LAST_SLOT - vsmmus;
  }

  /**
   * Whether the guest cannot find the device, because it is a function above 0 in a slot without a
   * function 0. A device must implement function 0 (PCI Local Bus Specification 3.0, 3.2.2.3.4),
   * and software looks at the other functions only if that one responds and is marked as one of
   * several (Linux drivers/pci/probe.c, pci_scan_slot).
   *
   * @param devices all devices that are added; the caller of QEMU can give the slot's function 0 by
   *     an argument of its own too, if its argument says that it is one of several
   * @param command QEMU and the caller's arguments
   */
  public static boolean lacksFunctionZero(
      VmmOwnedDevice device, List<VmmOwnedDevice> devices, List<String> command) {
    return device.function() > 0
        && devices.stream().noneMatch(other -> other.isFunctionZeroOfSlot(device))
        && deviceArguments(command).noneMatch(argument -> canBeFunctionZero(argument, device));
  }

  /** An argument without an address can be anywhere on its bus. */
  private static boolean canBeFunctionZero(String argument, VmmOwnedDevice device) {
    boolean multifunction =
        value(argument, "multifunction").filter(MULTIFUNCTION_VALUES::contains).isPresent();
    String bus = value(argument, "bus").orElse(VmmOwnedDevice.FIRST_BUS);
    Optional<String> address = value(argument, "addr");
    return multifunction
        && bus.equals(device.bus())
        && (address.isEmpty()
            || (VmmOwnedDevice.slot(address.get()) == device.slot()
                && VmmOwnedDevice.function(address.get()) == 0));
  }

  /**
   * The value of a property in an argument of {@code -device}, which is a list or a JSON object.
   */
  private static Optional<String> value(String argument, String property) {
    Matcher matcher =
        Pattern.compile("(?:^|[,{\"\\s])" + property + "(?:=|\"\\s*:\\s*\"?)([^,\"}\\s]*)")
            .matcher(argument);
    return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
  }

  /** The arguments of {@code -device} in a command line of QEMU. */
  private static Stream<String> deviceArguments(List<String> command) {
    return IntStream.range(1, command.size())
        .filter(i -> command.get(i - 1).replaceFirst("^--", "-").equals("-device"))
        .mapToObj(command::get);
  }

  /** The device's bus, slot and function, as text; two devices cannot have the same. */
  public static String place(VmmOwnedDevice device) {
    return "%s %x.%d".formatted(device.bus(), device.slot(), device.function());
  }

  private static boolean sharesSlot(VmmOwnedDevice device, List<VmmOwnedDevice> all) {
    return all.stream()
        .anyMatch(
            other ->
                other.bus().equals(device.bus())
                    && other.slot() == device.slot()
                    && other.function() != device.function());
  }

  private static String vfioPci(VmmOwnedDevice device, int index, int file, boolean sharesSlot) {
    StringBuilder text =
        new StringBuilder(
            "vfio-pci,id=vsmmu-device%d,fd=%d,iommufd=%s".formatted(index, file, IOMMUFD));
    if (device.property("bus").isEmpty()) {
      text.append(",bus=").append(device.bus());
    }
    if (device.property("addr").isEmpty()) {
      text.append(",addr=%x.%d".formatted(device.slot(), device.function()));
    }
    // Function 0 is marked as one of several (hw/pci/pci.c, pci_init_multifunction).
    if (sharesSlot && device.function() == 0 && device.property("multifunction").isEmpty()) {
      text.append(",multifunction=on");
    }
    device.properties().forEach(property -> text.append(',').append(property));
    return text.toString();
  }

  /**
   * The JSON argument of {@code -device} for a vSMMU's function, which is on the first bus.
   *
   * @param id a letter, then letters, digits, '-', '.' and '_'
   * @param index from 0; the slot is 0x1f minus the index
   */
  static String vsmmu(String id, String socket, int index) {
    String path = socket.replace("\\", "\\\\").replace("\"", "\\\"");
    return ("{\"driver\":\"vfio-user-pci\",\"id\":\"%s\","
            + "\"socket\":{\"type\":\"unix\",\"path\":\"%s\"},"
            + "\"bus\":\"pcie.0\",\"addr\":\"%x.0\"}")
        .formatted(id, path, LAST_SLOT - index);
  }

  /**
   * The first argument of the caller that makes QEMU crash: QEMU 11.1.3 ends by SIGSEGV if a {@code
   * vfio-pci} has {@code fd=} and no {@code id=}.
   */
  public static Optional<String> fatal(List<String> command) {
    return deviceArguments(command)
        .filter(argument -> argument.toLowerCase(Locale.ROOT).contains("vfio-pci"))
        .filter(argument -> FD.matcher(argument).find() && !ID.matcher(argument).find())
        .findFirst();
  }

  /** Whether the output of QEMU's {@code -device help} lists the vfio-user client. */
  public static boolean hasVfioUser(String deviceHelp) {
    return deviceHelp.contains("\"vfio-user-pci\"");
  }
}
