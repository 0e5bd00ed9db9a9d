package io.vsmmu.control.host;

import io.vsmmu.host.Advice;
import io.vsmmu.host.kernel.HostProblem;
import io.vsmmu.host.kernel.HostProblem.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The description of a VMM's descriptors: which one is the iommufd, which are device files, and
 * behind which vSMMUs and StreamIDs the devices are.
 *
 * @param vm name of the VM, or of a vSMMU that has a VM of its own
 * @param iommufd index of the iommufd among the descriptors; empty when the devices are for one
 *     that was handed over before
 * @param ioas id of the IOAS with the guest's RAM; empty if the service has to find it
 * @param pid the VMM's process; empty for the peer's
 * @param devices at least one, each with another descriptor
 */
public record VmmMessage(
    String vm, OptionalInt iommufd, OptionalInt ioas, OptionalInt pid, List<Device> devices) {

  /** The largest length of a message in bytes. */
  public static final int BYTES = 16 * 1024;

  private static final Set<String> FIELDS = Set.of("vm", "iommufd", "ioas", "pid", "devices");
  private static final Set<String> DEVICE_FIELDS = Set.of("vfio", "vsmmu", "sid", "devid", "ats");
  private static final int HEX = 16;

  public VmmMessage {
    devices = List.copyOf(devices);
  }

  /**
   * A device.
   *
   * @param file index of its file among the descriptors
   * @param vsmmu the vSMMU that it is placed behind; empty for the VM's only one
   * @param streamId the StreamID that the guest uses for it, at least 0; empty when it will be
   *     attached by its address
   * @param devId its id on the iommufd; empty if the service has to find it
   * @param ats {@code on}, {@code off} or {@code auto}
   */
  public record Device(
      int file, String vsmmu, OptionalInt streamId, OptionalInt devId, String ats) {}

  /** A message with a missing or wrong field. */
  public static final class WrongMessageException extends Exception {
    private static final long serialVersionUID = 1L;
    private final transient HostProblem problem;

    WrongMessageException(String field, String found, String allowed) {
      super(field);
      this.problem =
          new HostProblem(Kind.WRONG_MESSAGE, field, found, Advice.SEND_FIELD.with(allowed));
    }

    /** The field, its value and the allowed values. */
    public HostProblem problem() {
      return problem;
    }
  }

  /**
   * Parses a message.
   *
   * @param descriptors the number of its descriptors
   */
  static VmmMessage parse(String text, int descriptors) throws WrongMessageException {
    JsonNode body = object(text);
    only(body, FIELDS, "");
    String vm = text(body, "vm", "");
    if (vm == null) {
      throw new WrongMessageException("vm", "nothing", "the name of a VM or of a vSMMU");
    }
    JsonNode list = body.path("devices");
    if (!list.isArray() || list.isEmpty()) {
      throw new WrongMessageException("devices", String.valueOf(list), "a list of devices");
    }
    List<Device> devices = new ArrayList<>();
    for (int i = 0; i < list.size(); i++) {
      devices.add(device(list.get(i), "devices[" + i + "].", descriptors));
    }
    OptionalInt iommufd = number(body, "iommufd", "", 0, descriptors - 1);
    distinct(iommufd, devices);
    if (iommufd.isEmpty() && body.has("ioas")) {
      throw new WrongMessageException(
          "ioas", String.valueOf(body.path("ioas")), "`ioas` only together with `iommufd`");
    }
    return new VmmMessage(
        vm,
        iommufd,
        number(body, "ioas", "", 1, Integer.MAX_VALUE),
        number(body, "pid", "", 1, Integer.MAX_VALUE),
        devices);
  }

  private static JsonNode object(String text) throws WrongMessageException {
    try {
      JsonNode body = JsonMapper.shared().readTree(text);
      if (body.isObject()) {
        return body;
      }
    } catch (JacksonException malformed) {
      throw new WrongMessageException("the message", "no JSON", "an object");
    }
    throw new WrongMessageException("the message", "no JSON object", "an object");
  }

  private static Device device(JsonNode device, String at, int descriptors)
      throws WrongMessageException {
    if (!device.isObject()) {
      throw new WrongMessageException(at + "vfio", String.valueOf(device), "an object");
    }
    only(device, DEVICE_FIELDS, at);
    OptionalInt file = number(device, "vfio", at, 0, descriptors - 1);
    if (file.isEmpty()) {
      throw new WrongMessageException(at + "vfio", "nothing", "the index of a descriptor");
    }
    String vsmmu = text(device, "vsmmu", at);
    String ats = text(device, "ats", at);
    return new Device(
        file.getAsInt(),
        vsmmu == null ? "" : vsmmu,
        streamId(device, at),
        number(device, "devid", at, 1, Integer.MAX_VALUE),
        ats == null ? "auto" : ats);
  }

  /** A number, or a text such as 0x10. */
  private static OptionalInt streamId(JsonNode device, String at) throws WrongMessageException {
    JsonNode sid = device.path("sid");
    if (!sid.isString()) {
      return number(device, "sid", at, 0, Integer.MAX_VALUE);
    }
    try {
      String digits = sid.asString().replaceFirst("^0[xX]", "");
      boolean hexadecimal = digits.length() < sid.asString().length();
      return OptionalInt.of(Integer.parseUnsignedInt(digits, hexadecimal ? HEX : 10));
    } catch (NumberFormatException malformed) {
      throw new WrongMessageException(at + "sid", sid.asString(), "a StreamID, such as 0x10");
    }
  }

  private static void only(JsonNode body, Set<String> known, String at)
      throws WrongMessageException {
    for (String name : body.propertyNames()) {
      if (!known.contains(name)) {
        throw new WrongMessageException(at + name, "there is none", "one of " + known);
      }
    }
  }

  private static @Nullable String text(JsonNode body, String field, String at)
      throws WrongMessageException {
    JsonNode value = body.path(field);
    if (value.isMissingNode()) {
      return null;
    }
    if (!value.isString() || value.asString().isEmpty()) {
      throw new WrongMessageException(at + field, String.valueOf(value), "a text");
    }
    return value.asString();
  }

  private static OptionalInt number(JsonNode body, String field, String at, int first, int last)
      throws WrongMessageException {
    JsonNode value = body.path(field);
    if (value.isMissingNode()) {
      return OptionalInt.empty();
    }
    boolean fits = value.isIntegralNumber() && value.canConvertToInt() && value.asInt() >= first;
    if (!fits || value.asInt() > last) {
      throw new WrongMessageException(
          at + field, String.valueOf(value), "a number from %d to %d".formatted(first, last));
    }
    return OptionalInt.of(value.asInt());
  }

  private static void distinct(OptionalInt iommufd, List<Device> devices)
      throws WrongMessageException {
    Set<Integer> used = new java.util.HashSet<>();
    iommufd.ifPresent(used::add);
    for (int i = 0; i < devices.size(); i++) {
      if (!used.add(devices.get(i).file())) {
        throw new WrongMessageException(
            "devices[%d].vfio".formatted(i),
            String.valueOf(devices.get(i).file()),
            "a descriptor that nothing else names");
      }
    }
  }
}
