package io.vsmmu.differential;

/** Ends a program at a difference that is none of {@link KnownDifference}. */
final class UnexplainedDifferenceException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final String what;
  private final String vsmmu;
  private final String qemu;

  UnexplainedDifferenceException(String what, String vsmmu, String qemu) {
    super(what);
    this.what = what;
    this.vsmmu = vsmmu;
    this.qemu = qemu;
  }

  UnexplainedDifferenceException(String what, long vsmmu, long qemu) {
    this(what, "0x%x".formatted(vsmmu), "0x%x".formatted(qemu));
  }

  ProgramResult.Unexplained at(int step) {
    return new ProgramResult.Unexplained(step, what, vsmmu, qemu);
  }
}
