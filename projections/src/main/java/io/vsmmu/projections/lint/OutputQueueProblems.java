package io.vsmmu.projections.lint;

import io.vsmmu.smmu.bits.Bits;
import io.vsmmu.smmu.event.FaultsReported;
import io.vsmmu.smmu.event.PageRequestsReported;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.spec.ControlFields;
import io.vsmmu.smmu.spec.GlobalError;
import io.vsmmu.smmu.spec.Register;
import java.util.List;
import java.util.Set;

/** Finds records that the guest never received, because its queue did not take them. */
final class OutputQueueProblems implements RuleChecker {

  private final FindingReport.Builder findings;

  OutputQueueProblems(FindingReport.Builder findings) {
    this.findings = findings;
  }

  @Override
  public Set<Class<? extends VsmmuEvent>> observed() {
    return Set.of(FaultsReported.class, PageRequestsReported.class);
  }

  @Override
  public void observe(ObservedEvent step) {
    switch (step.event()) {
      case FaultsReported it ->
          missing(
              step,
              it.records().size() - it.queued(),
              "Event queue",
              ControlFields.EVENTQEN,
              GlobalError.EVENTQ_ABT_ERR);
      case PageRequestsReported it ->
          missing(
              step,
              it.records().size() - it.queued(),
              "PRI queue",
              ControlFields.PRIQEN,
              GlobalError.PRIQ_ABT_ERR);
      default -> {}
    }
  }

  @Override
  public void finish(VsmmuState last, long position) {}

  private void missing(
      ObservedEvent step, int records, String queue, Bits enable, GlobalError aborted) {
    if (records <= 0) {
      return;
    }
    VsmmuState state = step.before();
    String cause;
    String why;
    if (!enable.isSet(state.value(Register.CR0))) {
      cause = "DISABLED";
      why = "it was disabled (CR0.%s = 0)".formatted(enable.name());
    } else if (state.active(aborted)) {
      cause = "ABORTED";
      why = "GERROR.%s was not acknowledged".formatted(aborted);
    } else {
      cause = "OVERFLOW";
      why = "it was full, or its indexes were inconsistent";
    }
    findings.occurred(
        Rule.RECORDS_NOT_DELIVERED,
        Severity.WARNING,
        null,
        cause,
        queue,
        () -> "The guest's %s did not take all records: %s".formatted(queue, why),
        step.position(),
        List.of(step.position()));
  }
}
