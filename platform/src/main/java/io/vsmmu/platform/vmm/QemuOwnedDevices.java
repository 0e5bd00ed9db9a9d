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
  private static final int SLOT_SHIFT = 3;
  private static final int FUNCTIONS = 7;
  private static final int BUS_SHIFT = 8;
  private static final Pattern FD = Pattern.compile("(^|[,{\"\\s])fd[\"=]");
  private static final Pattern ID = Pattern.compile("(^|[,{\"\\s])id[\"=]");

  private QemuOwnedDevices() {}

  /**
   * A device.
   *
   * @param fd number of its inherited file
   * @param streamId what the guest uses for it; tells where it is plugged in
   * @param properties further ones of QEMU's device, such as {@code rombar=0}; {@code bus} and
   *     {@code addr} among them place it elsewhere
   */
  public record Device(int fd, int streamId, List<String> properties) {

    public Device {
      properties = List.copyOf(properties);
    }

    /** Whether its bus has to be named: only that of bus 0 is known. */
    public boolean lacksBus() {
      return streamId >> BUS_SHIFT != 0 && !has("bus");
    }

    private boolean has(String property) {
      return properties.stream().anyMatch(given -> given.startsWith(property + "="));
    }
  }

  /**
   * The command with the iommufd, the devices and the vSMMUs behind the caller's arguments, so that
   * the buses are there that they name. The vSMMUs come last: QEMU connects to them when it has
   * bound all devices.
   *
   * @param command QEMU and the caller's arguments
   * @param iommufd number of the inherited descriptor
   * @param sockets of the vSMMUs, which are placed from 00:1f.0 downwards
   */
  public static List<String> complete(
      List<String> command, int iommufd, List<Device> devices, List<String> sockets) {
    List<String> complete = new ArrayList<>(command);
    complete.addAll(List.of("-object", "iommufd,id=%s,fd=%d".formatted(IOMMUFD, iommufd)));
    for (int i = 0; i < devices.size(); i++) {
      complete.addAll(List.of("-device", vfioPci(devices.get(i), i)));
    }
    return withVsmmus(complete, sockets);
  }

  /** The command with the vSMMUs alone. */
  public static List<String> withVsmmus(List<String> command, List<String> sockets) {
    List<String> complete = new ArrayList<>(command);
    for (int i = 0; i < sockets.size(); i++) {
      complete.addAll(List.of("-device", vfioUser(sockets.get(i), i)));
    }
    return List.copyOf(complete);
  }

  private static String vfioPci(Device device, int index) {
    StringBuilder text =
        new StringBuilder(
            "vfio-pci,id=vsmmu-device%d,fd=%d,iommufd=%s".formatted(index, device.fd(), IOMMUFD));
    if (!device.has("bus")) {
      text.append(",bus=pcie.0");
    }
    if (!device.has("addr")) {
      int function = device.streamId() & FUNCTIONS;
      int slot = device.streamId() >> SLOT_SHIFT & LAST_SLOT;
      text.append(",addr=%x.%d".formatted(slot, function));
    }
    device.properties().forEach(property -> text.append(',').append(property));
    return text.toString();
  }

  private static String vfioUser(String socket, int index) {
    String path = socket.replace("\\", "\\\\").replace("\"", "\\\"");
    return ("{\"driver\":\"vfio-user-pci\",\"id\":\"vsmmu%d\","
            + "\"socket\":{\"type\":\"unix\",\"path\":\"%s\"},"
            + "\"bus\":\"pcie.0\",\"addr\":\"%x.0\"}")
        .formatted(index, path, LAST_SLOT - index);
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
