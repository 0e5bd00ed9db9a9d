package io.vsmmu.platform.acpi;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An absolute ACPI name such as {@code \_SB.PCI0}.
 *
 * @param segments four characters each
 */
record AcpiPath(List<String> segments) implements Comparable<AcpiPath> {

  private static final Pattern SEGMENT = Pattern.compile("[A-Z_][A-Z0-9_]{0,3}");
  private static final int SEGMENT_CHARS = 4;

  /**
   * Parses a name; empty if it is not an absolute one of at most {@link AcpiLimits#PATH_SEGMENTS}
   * segments.
   */
  static Optional<AcpiPath> parse(String text) {
    if (!text.startsWith("\\") || text.length() > AcpiLimits.PATH_SEGMENTS * (SEGMENT_CHARS + 1)) {
      return Optional.empty();
    }
    List<String> segments = new ArrayList<>();
    for (String segment : text.substring(1).split("\\.", -1)) {
      if (!SEGMENT.matcher(segment).matches()) {
        return Optional.empty();
      }
      segments.add((segment + "___").substring(0, SEGMENT_CHARS));
    }
    return Optional.of(new AcpiPath(List.copyOf(segments)));
  }

  /** Orders names as iasl declares them, so that a recompiled table has the same bytes. */
  @Override
  public int compareTo(AcpiPath other) {
    return key().compareTo(other.key());
  }

  private String key() {
    return String.join(".", segments).toLowerCase(Locale.ROOT);
  }
}
