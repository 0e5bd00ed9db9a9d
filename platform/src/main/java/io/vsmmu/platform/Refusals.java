package io.vsmmu.platform;

import io.vsmmu.problem.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/** Collects the reasons why something cannot be built. */
public final class Refusals {

  private final List<Problem> found = new ArrayList<>();

  /**
   * Adds a reason unless {@code holds}; reasons beyond {@link PlatformLimits#REASONS} are dropped.
   */
  public void unless(boolean holds, String field, String given, String required, String remedy) {
    if (!holds && found.size() < PlatformLimits.REASONS) {
      found.add(new Problem(field, given, required, remedy));
    }
  }

  /** Adds a reason unless {@code value} is in {@code [least, most]}; returns whether it is. */
  public boolean inRange(String field, long value, long least, long most, String remedy) {
    boolean inside = value >= least && value <= most;
    unless(inside, field, Long.toString(value), least + " to " + most, remedy);
    return inside;
  }

  public boolean none() {
    return found.isEmpty();
  }

  /** Builds if no reason was found; otherwise the refusal with all reasons. */
  public <T> BuildResult<T> orBuild(Supplier<T> making) {
    return found.isEmpty()
        ? new BuildResult.Built<>(making.get())
        : new BuildResult.Refused<>(List.copyOf(found));
  }

  public static <T> BuildResult<T> refused(
      String field, String given, String required, String remedy) {
    return new BuildResult.Refused<>(List.of(new Problem(field, given, required, remedy)));
  }

  /** The number, unsigned, as 0x and hexadecimal digits. */
  public static String hex(long value) {
    return "0x" + Long.toHexString(value).toLowerCase(Locale.ROOT);
  }
}
