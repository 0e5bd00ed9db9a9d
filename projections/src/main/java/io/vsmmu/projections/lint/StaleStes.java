package io.vsmmu.projections.lint;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.vsmmu.projections.view.Hex;
import io.vsmmu.smmu.bits.FieldTable;
import io.vsmmu.smmu.event.RegisterWritten;
import io.vsmmu.smmu.event.StreamConfigured;
import io.vsmmu.smmu.event.StreamConfigured.Reason;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.event.VsmmuReset;
import io.vsmmu.smmu.model.StreamState;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.stimulus.Completeness;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Finds STEs that the guest changed in memory without the CMD_CFGI_STE that makes the SMMU use the
 * change (IHI 0070, 3.21.3). Every CMD_CFGI_STE is followed by a fetch here, so an STE that is read
 * when CR0.SMMUEN becomes 1 or a device is attached, and differs from the last one, was changed
 * without it. Only an STE that was used while the SMMU was enabled may be cached, and so stale.
 */
final class StaleStes implements RuleChecker {

  private final FindingReport.Builder findings;

  /**
   * Sequence of the event with which CR0.SMMUEN became 0 last, -1 before that and after a reset.
   */
  @JsonProperty private long disabledAt = -1;

  StaleStes(FindingReport.Builder findings) {
    this.findings = findings;
  }

  @Override
  public Set<Class<? extends VsmmuEvent>> observed() {
    return Set.of(StreamConfigured.class, RegisterWritten.class, VsmmuReset.class);
  }

  @Override
  public void observe(ObservedEvent step) {
    if (step.before().enabled() && !step.after().enabled()) {
      disabledAt = step.at().sequence();
    }
    switch (step.event()) {
      case VsmmuReset _ -> disabledAt = -1;
      case StreamConfigured it -> configured(step, it);
      default -> {}
    }
  }

  @Override
  public void finish(VsmmuState last, long position) {}

  private void configured(ObservedEvent step, StreamConfigured it) {
    boolean fetched =
        it.reason() == Reason.SMMU_ENABLED
            || (it.reason() == Reason.DEVICE_ATTACHED && step.after().enabled());
    StreamState before = step.before().streams().get(it.streamId());
    if (!fetched
        || before == null
        || it.completeness() != Completeness.FULL
        || !read(before)
        || !wasUsed(before, it.reason())
        || before.ste().equals(it.ste())) {
      return;
    }
    String changed =
        before.ste().diff(it.ste()).stream()
            .map(FieldTable.Difference::name)
            .collect(Collectors.joining(", "));
    findings.occurred(
        Rule.STE_CHANGED_WITHOUT_CFGI,
        Severity.WARNING,
        Hex.of(it.streamId()),
        it.reason().name(),
        "",
        () ->
            "The STE of StreamID %s was changed in memory without CMD_CFGI_STE: %s"
                .formatted(Hex.of(it.streamId()), changed),
        step.position(),
        List.of(step.stimulus(), step.position()));
  }

  /** Whether an STE was read for the stream, valid or not, and all of it is known. */
  private static boolean read(StreamState stream) {
    return stream.completeness() == Completeness.FULL;
  }

  /** Whether the SMMU may have used the stream's STE after the last CMD_CFGI_STE for it. */
  private boolean wasUsed(StreamState stream, Reason reason) {
    return reason == Reason.DEVICE_ATTACHED
        || (disabledAt >= 0
            && (stream.since() < disabledAt || stream.reason() == Reason.SMMU_DISABLED));
  }
}
