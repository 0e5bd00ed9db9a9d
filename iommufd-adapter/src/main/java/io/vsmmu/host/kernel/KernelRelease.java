package io.vsmmu.host.kernel;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The release of a kernel, which can be compared with others.
 *
 * @param text as {@code uname -r} gives it, such as {@code 7.3.4-lab}
 */
record KernelRelease(String text) {

  private static final Pattern NUMBERS = Pattern.compile("(\\d{1,4})\\.(\\d{1,4}).*");

  /**
   * Whether the release is this one or a later one; false when the text does not begin with two
   * numbers.
   */
  boolean atLeast(String majorMinor) {
    Matcher own = NUMBERS.matcher(text);
    Matcher other = NUMBERS.matcher(majorMinor);
    if (!own.matches() || !other.matches()) {
      return false;
    }
    int major = Integer.compare(number(own, 1), number(other, 1));
    return major > 0 || (major == 0 && number(own, 2) >= number(other, 2));
  }

  private static int number(Matcher matcher, int group) {
    return Integer.parseInt(matcher.group(group));
  }
}
