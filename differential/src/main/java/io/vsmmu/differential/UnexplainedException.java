package io.vsmmu.differential;

/** Ends a program at a difference that nobody has explained. */
final class UnexplainedException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final String what;
  private final String ours;
  private final String qemu;

  UnexplainedException(String what, String ours, String qemu) {
    super(what);
    this.what = what;
    this.ours = ours;
    this.qemu = qemu;
  }

  UnexplainedException(String what, long ours, long qemu) {
    this(what, "0x%x".formatted(ours), "0x%x".formatted(qemu));
  }

  Verdict.Unexplained at(int step) {
    return new Verdict.Unexplained(step, what, ours, qemu);
  }
}
