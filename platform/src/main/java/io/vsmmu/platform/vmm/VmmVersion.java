package io.vsmmu.platform.vmm;

import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A release of QEMU or libvirt. Only the first two numbers count, because a stable release adds no
 * options.
 *
 * @param major 0 to 999
 * @param minor 0 to 999
 */
public record VmmVersion(int major, int minor) implements Comparable<VmmVersion> {

  /** A description of the form, for messages. */
  public static final String FORM = "a release, as in 11.0 or 11.1.3";

  private static final Pattern TEXT = Pattern.compile("(\\d{1,3})\\.(\\d{1,3})(\\.\\d{1,3})?");
  private static final Comparator<VmmVersion> ORDER =
      Comparator.comparingInt(VmmVersion::major).thenComparingInt(VmmVersion::minor);

  /** Parses a text of the form {@link #FORM}; empty for any other text. */
  public static Optional<VmmVersion> parse(String text) {
    Matcher matcher = TEXT.matcher(text);
    return matcher.matches()
        ? Optional.of(
            new VmmVersion(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2))))
        : Optional.empty();
  }

  @Override
  public int compareTo(VmmVersion other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return major + "." + minor;
  }
}
