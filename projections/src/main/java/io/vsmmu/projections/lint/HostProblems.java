package io.vsmmu.projections.lint;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.vsmmu.projections.view.Hex;
import io.vsmmu.smmu.event.FaultsReported;
import io.vsmmu.smmu.event.HostCallsObserved;
import io.vsmmu.smmu.event.HostFailed;
import io.vsmmu.smmu.event.HostOutcomeReported;
import io.vsmmu.smmu.event.StreamConfigured;
import io.vsmmu.smmu.model.GroupCompleteness;
import io.vsmmu.smmu.model.HostObject;
import io.vsmmu.smmu.model.StreamState;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.stimulus.HostOperation;
import io.vsmmu.smmu.stimulus.RecordedHostCall;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Finds operations that the host refused, calls of a recorded VMM that failed, fault records that
 * the host lost, and HWPTs that were never freed.
 */
final class HostProblems implements RuleChecker {

  /** QEMU's trace event of IOMMU_IOAS_MAP. */
  private static final String MAPPING = "iommufd_backend_map_dma";

  private final FindingReport.Builder findings;

  /** By logical handle: position of the event that allocated a nested HWPT which still exists. */
  @JsonProperty private Map<Long, Long> made = new HashMap<>();

  /** Position of the previous event with fault records, 0 if there was none. */
  @JsonProperty private long faultsBefore;

  /** Events that say that fault records were lost before them. */
  @JsonProperty private long losses;

  /** Records that were lost, in all of them. */
  @JsonProperty private long lost;

  /** Position of the last event with fault records before the first loss. */
  @JsonProperty private long lostFrom;

  /** Positions of the first and of the last of these events. */
  @JsonProperty private long firstLoss;

  @JsonProperty private long lastLoss;

  HostProblems(FindingReport.Builder findings) {
    this.findings = findings;
  }

  @Override
  public void observe(ObservedEvent step) {
    switch (step.event()) {
      case HostFailed it ->
          failed(
              step,
              it.operation(),
              it.closed() ? "; the stream fails closed" : "; it could not be closed either");
      case HostOutcomeReported it ->
          it.operations().stream()
              .filter(op -> op.kind() == HostOperation.Kind.INVALIDATE && !op.succeeded())
              .forEach(op -> failed(step, op, ""));
      case HostCallsObserved it ->
          it.calls().stream()
              .filter(RecordedHostCall::failed)
              .forEach(call -> recordedCallFailed(step, call));
      case FaultsReported it -> faults(step, it);
      case StreamConfigured it when it.allocatesHwpt() -> made.put(it.hwpt(), step.position());
      default -> {}
    }
    if (!step.before().objects().equals(step.after().objects())) {
      made.keySet().retainAll(step.after().objects().keySet());
    }
  }

  @Override
  public void finish(VsmmuState last, long position) {
    if (losses > 0) {
      findings.add(
          Rule.LOST_FAULTS,
          Rule.LOST_FAULTS.severity(),
          lostFrom,
          lastLoss,
          null,
          null,
          losses,
          "The host lost %d fault records, %s".formatted(lost, Times.text(losses)),
          List.of(firstLoss, lastLoss));
    }
    Set<Long> used =
        last.streams().values().stream().map(StreamState::hwpt).collect(Collectors.toSet());
    for (HostObject object : last.objects().values()) {
      Long since = made.get(object.handle());
      if (object.kind() == HostObject.Kind.NESTED_HWPT
          && since != null
          && !used.contains(object.handle())) {
        findings.add(
            Rule.HWPT_LEAK,
            since,
            null,
            object.streamId() < 0 ? null : Hex.of(object.streamId()),
            null,
            "HWPT %d was never freed, though no stream is attached to it"
                .formatted(object.handle()),
            List.of(since));
      }
    }
  }

  private void failed(ObservedEvent step, HostOperation op, String consequence) {
    String text =
        "The host refused %s with %s%s%s"
            .formatted(
                op.kind(),
                op.errnoText(),
                consequence,
                GroupCompleteness.explain(step.after(), op).map(why -> ": " + why).orElse(""));
    findings.occurred(
        Rule.HOST_FAILURE,
        Rule.HOST_FAILURE.severity(),
        op.streamId() < 0 ? null : Hex.of(op.streamId()),
        op.kind().name(),
        text,
        () -> text,
        step.position(),
        List.of(step.stimulus(), step.position()));
  }

  /**
   * A mapping that failed may be one of a device's BAR, which iommufd does not map and of which
   * QEMU only warns (backends/iommufd.c, iommufd_backend_map_dma): devices then cannot access each
   * other's BARs, and all else works. Without the errno it is not known which it was.
   */
  private void recordedCallFailed(ObservedEvent step, RecordedHostCall call) {
    boolean mapping = call.name().equals(MAPPING);
    String text =
        "The recorded VMM called %s %s: %s (line %d)%s"
            .formatted(
                call.name(),
                call.arguments().strip(),
                call.failure(),
                call.line(),
                mapping
                    ? ". If the address is that of a device's BAR, only DMA from one device to"
                        + " another fails"
                    : "");
    findings.occurred(
        Rule.HOST_FAILURE,
        mapping ? Severity.WARNING : Severity.ERROR,
        null,
        call.name(),
        call.failure(),
        () -> text,
        step.position(),
        List.of(step.position()));
  }

  private void faults(ObservedEvent step, FaultsReported it) {
    if (it.lost() > 0) {
      if (losses == 0) {
        lostFrom = faultsBefore == 0 ? step.position() : faultsBefore;
        firstLoss = step.position();
      }
      losses++;
      lost += it.lost();
      lastLoss = step.position();
    }
    faultsBefore = step.position();
  }
}
