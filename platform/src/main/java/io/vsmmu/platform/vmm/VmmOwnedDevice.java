package io.vsmmu.platform.vmm;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A host device that a VMM binds itself while a vSMMU translates for it. Written as {@code
 * ADDRESS=SID[@VSMMU][,PROPERTY=VALUE...]}.
 *
 * @param address PCI address on the host
 * @param streamId the StreamID that the guest uses for it, at least 0: bus &lt;&lt; 8 | device
 *     &lt;&lt; 3 | function in the guest
 * @param vsmmu name of the vSMMU that translates for it; empty for the only one of the VM
 * @param properties further properties of QEMU's device, such as {@code rombar=0}; {@code bus} and
 *     {@code addr} among them override the bus, slot and function that follow from the StreamID
 */
public record VmmOwnedDevice(String address, int streamId, String vsmmu, List<String> properties) {

  private static final Pattern FORM =
      Pattern.compile(
          "(\\p{XDigit}{4,8}:\\p{XDigit}{2}:[01]\\p{XDigit}\\.[0-7])="
              + "(0[xX]\\p{XDigit}{1,7}|\\d{1,9})(?:@([^,]+))?((?:,[^,=]+=[^,]*)*)");

  /** The first bus of QEMU's virt machine. */
  static final String FIRST_BUS = "pcie.0";

  private static final int LAST_SLOT = 0x1F;
  private static final int SLOT_SHIFT = 3;
  private static final int FUNCTIONS = 7;
  private static final int BUS_SHIFT = 8;

  public VmmOwnedDevice {
    properties = List.copyOf(properties);
  }

  /** Parses a device; empty if the text does not have the form above. */
  public static Optional<VmmOwnedDevice> parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      return Optional.empty();
    }
    List<String> properties =
        Arrays.stream(form.group(4).split(",")).filter(part -> !part.isEmpty()).toList();
    return Optional.of(
        new VmmOwnedDevice(
            form.group(1),
            Integer.decode(decimalWithoutZeros(form.group(2))),
            form.group(3) == null ? "" : form.group(3),
            properties));
  }

  /** Removes leading zeros, because {@link Integer#decode} reads such a number as octal. */
  private static String decimalWithoutZeros(String number) {
    return number.startsWith("0x") || number.startsWith("0X")
        ? number
        : number.replaceFirst("^0+(?=\\d)", "");
  }

  /** The form that {@link #parse} reads. */
  public String text() {
    StringBuilder text = new StringBuilder("%s=0x%x".formatted(address, streamId));
    if (!vsmmu.isEmpty()) {
      text.append('@').append(vsmmu);
    }
    properties.forEach(property -> text.append(',').append(property));
    return text.toString();
  }

  /** Whether a {@code bus} property is missing: only bus 0 has a name that is always the same. */
  public boolean lacksBus() {
    return streamId >> BUS_SHIFT != 0 && property("bus").isEmpty();
  }

  /** QEMU's id of the PCI bus that the device is on, for {@code bus=}. */
  public String bus() {
    return property("bus").orElse(FIRST_BUS);
  }

  /** Whether it is on the machine's first bus, as the vSMMUs are. */
  boolean isOnFirstBus() {
    return bus().equals(FIRST_BUS);
  }

  /** Its device number on the bus, from 0 to 31; -1 if its {@code addr} is not a number. */
  public int slot() {
    return property("addr").map(VmmOwnedDevice::slot).orElse(streamId >> SLOT_SHIFT & LAST_SLOT);
  }

  /** Its function number, from 0 to 7; -1 if its {@code addr} is not a number. */
  public int function() {
    return property("addr").map(VmmOwnedDevice::function).orElse(streamId & FUNCTIONS);
  }

  /** Whether it is function 0 of the slot that {@code other} is in. */
  boolean isFunctionZeroOfSlot(VmmOwnedDevice other) {
    return function() == 0 && slot() == other.slot() && bus().equals(other.bus());
  }

  /** The device number of an address, as QEMU reads it; -1 if it is not a number. */
  static int slot(String addr) {
    return hexadecimal(addr.split("\\.", -1)[0]);
  }

  /** The function number of an address, as QEMU reads it; -1 if it is not a number. */
  static int function(String addr) {
    return addr.contains(".") ? hexadecimal(addr.split("\\.", -1)[1]) : 0;
  }

  /** QEMU reads both parts of an address as hexadecimal (hw/core/qdev-properties.c). */
  private static int hexadecimal(String part) {
    try {
      return Integer.parseInt(part.replaceFirst("^0[xX]", ""), 16);
    } catch (NumberFormatException unreadable) {
      return -1;
    }
  }

  /** The value of a property; empty if the property is not given. */
  public Optional<String> property(String name) {
    return properties.stream()
        .filter(property -> property.startsWith(name + "="))
        .map(property -> property.substring(name.length() + 1))
        .findFirst();
  }
}
