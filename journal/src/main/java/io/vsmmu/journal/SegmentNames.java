package io.vsmmu.journal;

import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * The names of segment files: a number and a suffix. The number only makes the name unique; the
 * order of the segments is that of the numbers in their headers.
 */
final class SegmentNames {

  private static final Pattern NAME = Pattern.compile("\\d{6}\\.segment");
  private static final Pattern UNFINISHED = Pattern.compile("\\d{6}\\.segment\\.unfinished");

  private SegmentNames() {}

  /**
   * The path of a segment file.
   *
   * @param number from 1 to 999,999
   */
  static Path path(Path directory, int number) {
    return directory.resolve("%06d.segment".formatted(number));
  }

  /** The path of a segment file while it is made. */
  static Path unfinished(Path path) {
    return path.resolveSibling(path.getFileName() + ".unfinished");
  }

  static boolean matches(Path path) {
    return NAME.matcher(path.getFileName().toString()).matches();
  }

  /** Whether a file is the rest of one whose making was interrupted. */
  static boolean isUnfinished(Path path) {
    return UNFINISHED.matcher(path.getFileName().toString()).matches();
  }

  /** The number of a name that matches. */
  static int number(Path path) {
    return Integer.parseInt(path.getFileName().toString().substring(0, 6));
  }
}
