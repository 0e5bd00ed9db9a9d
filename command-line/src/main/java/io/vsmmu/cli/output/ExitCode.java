package io.vsmmu.cli.output;

/** Exit codes of {@code vsmmu}. Scripts rely on the numbers. */
public enum ExitCode {
  OK(0, "done"),
  NO(
      1,
      "the answer is no: divergences, a broken hash chain, a finding of severity error (or as"
          + " lint --fail-on says), nothing found, a problem of this machine"),
  USAGE(2, "a wrong argument"),
  UNREACHABLE(3, "the service cannot be reached"),
  REFUSED(4, "the service refused; its problem detail is printed"),
  LOCAL(
      5,
      "this machine refused: port in use, directory or file not writable, standard output closed or"
          + " full, no JDK, build failed"),
  LOG_LOST(
      6,
      "the log is lost until the service is started again: its PostgreSQL ended again and again, or"
          + " its journal failed"),
  DIVERGED(7, "the log is another history than that of a known checkpoint"),
  SHORTER(8, "the log ends before what a known checkpoint covers"),
  INTERNAL(70, "an error of vsmmu itself");

  private final int value;
  private final String meaning;

  ExitCode(int value, String meaning) {
    this.value = value;
    this.meaning = meaning;
  }

  /** The number with which the process ends, 0 to 255. */
  public int value() {
    return value;
  }

  /** The meaning in one line, as the help prints it. */
  public String meaning() {
    return meaning;
  }
}
