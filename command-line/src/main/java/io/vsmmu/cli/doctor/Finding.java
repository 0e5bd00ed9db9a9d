package io.vsmmu.cli.doctor;

import io.vsmmu.host.Remedy;
import java.util.Locale;

/**
 * One thing that was looked at.
 *
 * @param level whether it stands in the way
 * @param subject what was looked at, such as {@code kernel} or {@code device 0000:01:00.0}
 * @param found what is the case
 * @param remedy what an operator can do, or what it means; may be empty
 */
public record Finding(Level level, String subject, String found, String remedy) {

  /** Whether a finding stands in the way. */
  public enum Level {
    /** As it should be. */
    OK,
    /** Something is limited, and the rest works. */
    NOTE,
    /** No device of this host can be given to a guest, or the service cannot run as configured. */
    PROBLEM;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  static Finding ok(String subject, String found) {
    return new Finding(Level.OK, subject, found, "");
  }

  static Finding note(String subject, String found, Remedy remedy) {
    return new Finding(Level.NOTE, subject, found, remedy.text());
  }

  static Finding problem(String subject, String found, Remedy remedy) {
    return new Finding(Level.PROBLEM, subject, found, remedy.text());
  }
}
