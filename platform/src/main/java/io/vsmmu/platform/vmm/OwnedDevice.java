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
 * @param vsmmu name of the vSMMU that it is behind; empty for the VM's only one
 * @param properties further properties of QEMU's device, such as {@code rombar=0}; {@code bus} and
 *     {@code addr} among them place it elsewhere than the StreamID says
 */
public record OwnedDevice(String address, int streamId, String vsmmu, List<String> properties) {

  private static final Pattern FORM =
      Pattern.compile(
          "(\\p{XDigit}{4,8}:\\p{XDigit}{2}:[01]\\p{XDigit}\\.[0-7])="
              + "(0[xX]\\p{XDigit}{1,7}|\\d{1,9})(?:@([^,]+))?((?:,[^,=]+=[^,]*)*)");

  /** The bus of QEMU's virt machine that every guest has. */
  private static final String FIRST_BUS = "pcie.0";

  private static final int LAST_SLOT = 0x1F;
  private static final int SLOT_SHIFT = 3;
  private static final int FUNCTIONS = 7;
  private static final int BUS_SHIFT = 8;

  public OwnedDevice {
    properties = List.copyOf(properties);
  }

  /** Reads one; empty when the text has not the form. */
  public static Optional<OwnedDevice> parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      return Optional.empty();
    }
    List<String> properties =
        Arrays.stream(form.group(4).split(",")).filter(part -> !part.isEmpty()).toList();
    return Optional.of(
        new OwnedDevice(
            form.group(1),
            Integer.decode(decimalWithoutZeros(form.group(2))),
            form.group(3) == null ? "" : form.group(3),
            properties));
  }

  /** {@link Integer#decode} takes leading zeros for an octal number. */
  private static String decimalWithoutZeros(String number) {
    return number.startsWith("0x") || number.startsWith("0X")
        ? number
        : number.replaceFirst("^0+(?=\\d)", "");
  }

  /** As {@link #parse} reads it. */
  public String text() {
    StringBuilder text = new StringBuilder("%s=0x%x".formatted(address, streamId));
    if (!vsmmu.isEmpty()) {
      text.append('@').append(vsmmu);
    }
    properties.forEach(property -> text.append(',').append(property));
    return text.toString();
  }

  /** Whether its bus has to be named: the StreamID is on another bus than 0, which has a name. */
  public boolean lacksBus() {
    return streamId >> BUS_SHIFT != 0 && property("bus").isEmpty();
  }

  /** Name of the bus that it is plugged into. */
  public String bus() {
    return property("bus").orElse(FIRST_BUS);
  }

  /** Whether it is on the machine's first bus, where the vSMMUs are too. */
  boolean isOnFirstBus() {
    return bus().equals(FIRST_BUS);
  }

  /** Its device number on the bus, from 0 to 31; -1 when its {@code addr} is no such number. */
  int slot() {
    return property("addr").map(addr -> part(addr, 0)).orElse(streamId >> SLOT_SHIFT & LAST_SLOT);
  }

  /** Its function number, from 0 to 7; -1 when its {@code addr} is no such number. */
  int function() {
    return property("addr")
        .map(addr -> addr.contains(".") ? part(addr, 1) : 0)
        .orElse(streamId & FUNCTIONS);
  }

  /** QEMU reads both parts of an address as hexadecimal (hw/core/qdev-properties.c). */
  private static int part(String addr, int index) {
    try {
      return Integer.parseInt(addr.split("\\.", -1)[index].replaceFirst("^0[xX]", ""), 16);
    } catch (NumberFormatException unreadable) {
      return -1;
    }
  }

  /** The value of a property that was given. */
  Optional<String> property(String name) {
    return properties.stream()
        .filter(property -> property.startsWith(name + "="))
        .map(property -> property.substring(name.length() + 1))
        .findFirst();
  }
}
