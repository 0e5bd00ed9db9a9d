package io.vsmmu.projections.lint;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.vsmmu.projections.view.Hex;
import io.vsmmu.smmu.event.FaultsReported;
import io.vsmmu.smmu.event.StreamBehaviour;
import io.vsmmu.smmu.event.VsmmuReset;
import io.vsmmu.smmu.model.StreamState;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.spec.AddressRange;
import io.vsmmu.smmu.spec.EventFields;
import io.vsmmu.smmu.spec.EventRecord;
import io.vsmmu.smmu.spec.EventType;
import io.vsmmu.smmu.spec.TlbInvalidation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Finds translation faults on an address that an earlier TLB invalidation covered: the device used
 * an address after the guest, most likely, had unmapped it. A log contains neither translation
 * tables nor the ASID of a stream, so this is reported only where a single stream translates, to
 * which every invalidation by address belongs.
 */
final class FaultedInvalidations implements CommandChecker {

  /** CLASS of a fault on the input address, and not on a fetch of the SMMU itself (7.3.13). */
  private static final int INPUT_ADDRESS = 2;

  private record Invalidated(
      int asid, long first, long last, long position, long micros, String name) {
    boolean covers(long address) {
      return Long.compareUnsigned(first, address) <= 0 && Long.compareUnsigned(address, last) <= 0;
    }
  }

  private final FindingReport.Builder findings;

  /** The last invalidations by address; the oldest is replaced first. */
  @JsonProperty private List<Invalidated> recent = new ArrayList<>();

  /** The number of invalidations by address so far. */
  @JsonProperty private long count;

  FaultedInvalidations(FindingReport.Builder findings) {
    this.findings = findings;
  }

  @Override
  public void command(ObservedEvent step, ObservedCommand command) {
    if (command.complete() && command.command() instanceof TlbInvalidation.Va it) {
      AddressRange range = it.range().covered(step.before().ids().rangeInvalidation());
      Invalidated last =
          new Invalidated(
              it.asid(),
              range.first(),
              range.last(),
              step.position(),
              step.micros(),
              command.entry().name());
      if (recent.size() < LintLimits.INVALIDATIONS) {
        recent.add(last);
      } else {
        recent.set((int) (count % LintLimits.INVALIDATIONS), last);
      }
      count++;
    }
  }

  @Override
  public void observe(ObservedEvent step) {
    switch (step.event()) {
      case FaultsReported it -> it.records().forEach(record -> fault(step, record));
      case VsmmuReset _ -> {
        recent.clear();
        count = 0;
      }
      default -> {}
    }
  }

  @Override
  public void finish(VsmmuState last, long position) {}

  private void fault(ObservedEvent step, EventRecord fault) {
    boolean translation =
        fault.number() == EventType.F_TRANSLATION.code()
            && fault.get(EventFields.CLASS) == INPUT_ADDRESS
            && fault.get(EventFields.S2) == 0
            && fault.get(EventFields.SSV) == 0;
    if (!translation || recent.isEmpty() || !alone(step.before(), fault.sid())) {
      return;
    }
    long address = fault.get(EventFields.INPUT_ADDR);
    newest(address)
        .ifPresent(
            it ->
                findings.occurred(
                    Rule.FAULT_AFTER_INVALIDATION,
                    Severity.INFO,
                    Hex.of(fault.sid()),
                    null,
                    "",
                    () ->
                        ("StreamID %s accessed %s %s after %s of ASID %d had covered that address:"
                                + " the guest had probably unmapped it")
                            .formatted(
                                Hex.of(fault.sid()),
                                Hex.of(address),
                                Elapsed.text(step.micros() - it.micros()),
                                it.name(),
                                it.asid()),
                    step.position(),
                    List.of(it.position(), step.position())));
  }

  private Optional<Invalidated> newest(long address) {
    Invalidated found = null;
    for (Invalidated it : recent) {
      if (it.covers(address) && (found == null || found.position() < it.position())) {
        found = it;
      }
    }
    return Optional.ofNullable(found);
  }

  /**
   * Whether the stream is the only one that translates. Streams without a device do not count where
   * devices are known, because they have no transactions.
   */
  private static boolean alone(VsmmuState state, int sid) {
    boolean translates = false;
    for (StreamState stream : state.streams().values()) {
      boolean counts = state.devices().isEmpty() || state.devices().containsKey(stream.streamId());
      if (counts && stream.effective() == StreamBehaviour.TRANSLATE) {
        if (stream.streamId() != sid) {
          return false;
        }
        translates = true;
      }
    }
    return translates;
  }
}
