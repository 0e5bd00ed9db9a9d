package io.vsmmu.platform.vmm;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A command line of QEMU whose passed-through devices QEMU binds itself, on an iommufd that it
 * inherits, while a vSMMU translates for them.
 */
public final class QemuOwnedDevices {

  /** The object that the devices are bound to. */
  public static final String IOMMUFD = "vsmmu-iommufd";

  private static final int LAST_SLOT = 0x1F;
  private static final Pattern FD = Pattern.compile("(^|[,{\"\\s])fd[\"=]");
  private static final Pattern ID = Pattern.compile("(^|[,{\"\\s])id[\"=]");

  private QemuOwnedDevices() {}

  /**
   * The command with the iommufd, the devices and the vSMMUs behind the caller's arguments, so that
   * the buses are there that they name. The vSMMUs come last: QEMU connects to them when it has
   * bound all devices.
   *
   * @param command QEMU and the caller's arguments
   * @param iommufd number of the inherited descriptor
   * @param devices in the order in which QEMU binds them
   * @param files number of each device's inherited file
   * @param sockets of the vSMMUs, which are placed from 00:1f.0 downwards
   */
  public static List<String> complete(
      List<String> command,
      int iommufd,
      List<OwnedDevice> devices,
      List<Integer> files,
      List<String> sockets) {
    List<String> complete = new ArrayList<>(command);
    complete.addAll(List.of("-object", "iommufd,id=%s,fd=%d".formatted(IOMMUFD, iommufd)));
    for (int i = 0; i < devices.size(); i++) {
      OwnedDevice device = devices.get(i);
      complete.addAll(
          List.of("-device", vfioPci(device, i, files.get(i), sharesSlot(device, devices))));
    }
    return withVsmmus(complete, sockets);
  }

  /** The command with the vSMMUs alone. */
  public static List<String> withVsmmus(List<String> command, List<String> sockets) {
    List<String> complete = new ArrayList<>(command);
    for (int i = 0; i < sockets.size(); i++) {
      complete.addAll(List.of("-device", vsmmu("vsmmu" + i, sockets.get(i), i)));
    }
    return List.copyOf(complete);
  }

  /** Whether the device is at a place that one of so many vSMMUs has. */
  public static boolean isAtVsmmu(OwnedDevice device, int vsmmus) {
    return device.isOnFirstBus()
        && device.slot() <= LAST_SLOT
        && device.slot() > LAST_SLOT - vsmmus;
  }

  /** Bus, device and function of QEMU's machine; no two devices can have the same. */
  public static String place(OwnedDevice device) {
    return "%s %x.%d".formatted(device.bus(), device.slot(), device.function());
  }

  private static boolean sharesSlot(OwnedDevice device, List<OwnedDevice> all) {
    return all.stream()
        .anyMatch(
            other ->
                other.bus().equals(device.bus())
                    && other.slot() == device.slot()
                    && other.function() != device.function());
  }

  private static String vfioPci(OwnedDevice device, int index, int file, boolean sharesSlot) {
    StringBuilder text =
        new StringBuilder(
            "vfio-pci,id=vsmmu-device%d,fd=%d,iommufd=%s".formatted(index, file, IOMMUFD));
    if (device.property("bus").isEmpty()) {
      text.append(",bus=").append(device.bus());
    }
    if (device.property("addr").isEmpty()) {
      text.append(",addr=%x.%d".formatted(device.slot(), device.function()));
    }
    // Function 0 says whether there are others (hw/pci/pci.c, pci_init_multifunction).
    if (sharesSlot && device.function() == 0 && device.property("multifunction").isEmpty()) {
      text.append(",multifunction=on");
    }
    device.properties().forEach(property -> text.append(',').append(property));
    return text.toString();
  }

  /**
   * JSON of a vSMMU's function, which is on the first bus.
   *
   * @param id a letter first, then letters, digits, '-', '.' and '_'
   * @param index from 0: the first one is at 00:1f.0, the others are below
   */
  static String vsmmu(String id, String socket, int index) {
    String path = socket.replace("\\", "\\\\").replace("\"", "\\\"");
    return ("{\"driver\":\"vfio-user-pci\",\"id\":\"%s\","
            + "\"socket\":{\"type\":\"unix\",\"path\":\"%s\"},"
            + "\"bus\":\"pcie.0\",\"addr\":\"%x.0\"}")
        .formatted(id, path, LAST_SLOT - index);
  }

  /**
   * An argument of the caller's that stock QEMU does not survive: {@code vfio-pci} with {@code fd=}
   * and without {@code id=} ends QEMU 11.1.3 by SIGSEGV.
   */
  public static Optional<String> fatal(List<String> command) {
    for (int i = 0; i + 1 < command.size(); i++) {
      String value = command.get(i + 1);
      boolean device = command.get(i).replaceFirst("^--", "-").equals("-device");
      if (device
          && value.toLowerCase(Locale.ROOT).contains("vfio-pci")
          && FD.matcher(value).find()
          && !ID.matcher(value).find()) {
        return Optional.of(value);
      }
    }
    return Optional.empty();
  }

  /** Whether {@code -device help} of a QEMU lists the vfio-user client. */
  public static boolean hasVfioUser(String deviceHelp) {
    return deviceHelp.contains("\"vfio-user-pci\"");
  }
}
