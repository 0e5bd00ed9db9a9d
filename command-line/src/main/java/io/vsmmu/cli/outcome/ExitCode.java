package io.vsmmu.cli.outcome;

/** Exit codes; scripts rely on them. */
public enum ExitCode {
  OK(0, "done"),
  NO(
      1,
      "the answer is no: divergences, a broken hash chain, a finding of severity error, a problem"
          + " of this machine"),
  USAGE(2, "a wrong argument"),
  UNREACHABLE(3, "the service cannot be reached"),
  REFUSED(4, "the service refused; its problem detail is printed"),
  LOCAL(
      5,
      "this machine refused: port in use, directory or file not writable, standard output closed or"
          + " full, no JDK, build failed"),
  LOG_LOST(6, "the service gave its PostgreSQL up: it ended again and again"),
  INTERNAL(70, "an error of vsmmu itself");

  private final int value;
  private final String meaning;

  ExitCode(int value, String meaning) {
    this.value = value;
    this.meaning = meaning;
  }

  /** What the process ends with. */
  public int value() {
    return value;
  }

  /** One line for the help. */
  public String meaning() {
    return meaning;
  }
}
