package io.vsmmu.cli.doctor;

import io.vsmmu.host.Remedy;
import java.util.Locale;

/**
 * The result of one check.
 *
 * @param level whether it prevents the use of devices
 * @param subject what was checked, such as {@code kernel} or {@code device 0000:01:00.0}
 * @param found what was found
 * @param remedy what the operator can do, or what the finding means; may be empty
 */
public record DoctorFinding(Level level, String subject, String found, String remedy) {

  public enum Level {
    /** Nothing has to be done. */
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

  static DoctorFinding ok(String subject, String found) {
    return new DoctorFinding(Level.OK, subject, found, "");
  }

  static DoctorFinding note(String subject, String found, Remedy remedy) {
    return new DoctorFinding(Level.NOTE, subject, found, remedy.text());
  }

  static DoctorFinding problem(String subject, String found, Remedy remedy) {
    return new DoctorFinding(Level.PROBLEM, subject, found, remedy.text());
  }
}
