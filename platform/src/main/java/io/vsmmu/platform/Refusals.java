package io.vsmmu.platform;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/** The reasons that speak against a request, found one after the other. */
public final class Refusals {

  private final List<Refusal> found = new ArrayList<>();

  /**
   * Adds a reason unless {@code holds}; those beyond {@link PlatformLimits#REASONS} are dropped.
   */
  public void unless(boolean holds, String field, String given, String required, String remedy) {
    if (!holds && found.size() < PlatformLimits.REASONS) {
      found.add(new Refusal(field, given, required, remedy));
    }
  }

  /** Adds a reason unless {@code value} lies in {@code [least, most]}; returns whether it does. */
  public boolean inRange(String field, long value, long least, long most, String remedy) {
    boolean inside = value >= least && value <= most;
    unless(inside, field, Long.toString(value), least + " to " + most, remedy);
    return inside;
  }

  public boolean none() {
    return found.isEmpty();
  }

  /** What {@code making} gives when nothing speaks against it. */
  public <T> Outcome<T> orMake(Supplier<T> making) {
    return found.isEmpty()
        ? new Outcome.Made<>(making.get())
        : new Outcome.Refused<>(List.copyOf(found));
  }

  /** A refusal for one reason. */
  public static <T> Outcome<T> refused(String field, String given, String required, String remedy) {
    return new Outcome.Refused<>(List.of(new Refusal(field, given, required, remedy)));
  }

  /** As numbers of registers and addresses are written: 0x and hexadecimal digits. */
  public static String hex(long value) {
    return "0x" + Long.toHexString(value).toLowerCase(Locale.ROOT);
  }
}
