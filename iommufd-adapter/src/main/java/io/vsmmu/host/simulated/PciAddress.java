package io.vsmmu.host.simulated;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The parts of a PCI address, written {@code ssss:bb:dd.f} in hexadecimal digits. */
record PciAddress(int segment, int bus, int device, int function) {

  private static final Pattern FORM =
      Pattern.compile("(\\p{XDigit}{4}):(\\p{XDigit}{2}):([01]\\p{XDigit})\\.([0-7])");
  private static final int HEX = 16;

  static PciAddress parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "device.address: '%s', allowed is ssss:bb:dd.f in hexadecimal, device 00..1f"
              .formatted(text));
    }
    return new PciAddress(part(matcher, 1), part(matcher, 2), part(matcher, 3), part(matcher, 4));
  }

  private static int part(Matcher matcher, int group) {
    return Integer.parseInt(matcher.group(group), HEX);
  }
}
