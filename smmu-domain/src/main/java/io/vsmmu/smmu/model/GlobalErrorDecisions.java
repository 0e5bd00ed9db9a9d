package io.vsmmu.smmu.model;

import io.vsmmu.smmu.event.GlobalErrorRaised;
import io.vsmmu.smmu.spec.GlobalError;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.stimulus.Stimulus;

/** Decides which errors of the SMMU's own writes to guest memory are raised in GERROR. */
final class GlobalErrorDecisions {

  private GlobalErrorDecisions() {}

  /** An error that is active already is not raised again (IHI 0070, 6.3.19). */
  static Decision raise(VsmmuState state, Stimulus.ReportAbort report) {
    GlobalError error = report.error();
    boolean raised = error.implementedBy(state.ids()) && !state.active(error);
    long gerror = state.registers().get(Register.GERROR) ^ (raised ? error.bit().mask() : 0);
    return Draft.single(state, new GlobalErrorRaised(error, gerror));
  }
}
