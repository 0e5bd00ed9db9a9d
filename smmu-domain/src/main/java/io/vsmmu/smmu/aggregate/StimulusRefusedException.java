package io.vsmmu.smmu.aggregate;

import io.vsmmu.smmu.model.Decision;

/** A vSMMU refused an operator's request in its present state; nothing changed. */
public final class StimulusRefusedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient Decision.Refused refusal;

  public StimulusRefusedException(Decision.Refused refusal) {
    super("%s: %s; allowed: %s".formatted(refusal.field(), refusal.value(), refusal.allowed()));
    this.refusal = refusal;
  }

  /** What is wrong, and what is allowed. */
  public Decision.Refused refusal() {
    return refusal;
  }
}
