package io.vsmmu.smmu.aggregate;

import io.vsmmu.smmu.model.Decision;

/** An operator's request makes no sense for the vSMMU as it is; nothing happened. */
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
