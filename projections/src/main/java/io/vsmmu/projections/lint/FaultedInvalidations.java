package io.vsmmu.projections.lint;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.vsmmu.projections.view.Hex;
import io.vsmmu.smmu.event.FaultsReported;
import io.vsmmu.smmu.event.StreamBehaviour;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.event.VsmmuReset;
import io.vsmmu.smmu.model.StreamState;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.spec.AddressRange;
import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.CommandOpcode;
import io.vsmmu.smmu.spec.EventFields;
import io.vsmmu.smmu.spec.EventRecord;
import io.vsmmu.smmu.spec.EventType;
import io.vsmmu.smmu.spec.SmmuCommand;
import io.vsmmu.smmu.spec.TlbInvalidation;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Finds translation faults on an address that an earlier TLB invalidation covered: the device used
 * an address after the guest, most likely, had unmapped it. A log contains neither translation
 * tables nor the ASID of a stream, so this is reported only where a single stream translates, to
 * which every invalidation by address belongs.
 */
final class FaultedInvalidations implements CommandChecker {

  /** CLASS of a fault on the input address, and not on a fetch of the SMMU itself (7.3.13). */
  private static final int INPUT_ADDRESS = 2;

  /** An earlier invalidation by address. */
  private record Invalidated(TlbInvalidation.Va command, long position, long micros) {}

  private final FindingReport.Builder findings;

  /** The words of the last invalidations by address; the oldest is replaced first. */
  @JsonProperty private long[] word0 = new long[LintLimits.INVALIDATIONS];

  @JsonProperty private long[] word1 = new long[LintLimits.INVALIDATIONS];

  /** Their positions and times. */
  @JsonProperty private long[] positions = new long[LintLimits.INVALIDATIONS];

  @JsonProperty private long[] times = new long[LintLimits.INVALIDATIONS];

  /** The number of invalidations by address so far. */
  @JsonProperty private long count;

  FaultedInvalidations(FindingReport.Builder findings) {
    this.findings = findings;
  }

  @Override
  public void commands(ObservedEvent step, ObservedCommands commands) {
    if (commands.addresses() == 0) {
      return;
    }
    long position = step.position();
    long micros = step.micros();
    int size = commands.size();
    for (int i = Math.max(0, size - LintLimits.INVALIDATIONS); i < size; i++) {
      CommandEntry entry = commands.entry(i);
      if (entry.opcode() == CommandOpcode.TLBI_NH_VA.code()
          && (commands.complete() || commands.at(i).complete())) {
        int at = (int) (count % LintLimits.INVALIDATIONS);
        word0[at] = entry.word0();
        word1[at] = entry.word1();
        positions[at] = position;
        times[at] = micros;
        count++;
      }
    }
  }

  @Override
  public Set<Class<? extends VsmmuEvent>> observed() {
    return Set.of(FaultsReported.class, VsmmuReset.class);
  }

  @Override
  public void observe(ObservedEvent step) {
    switch (step.event()) {
      case FaultsReported it -> it.records().forEach(record -> fault(step, record));
      case VsmmuReset _ -> count = 0;
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
    if (!translation || count == 0 || !alone(step.before(), fault.sid())) {
      return;
    }
    long address = fault.get(EventFields.INPUT_ADDR);
    newest(address, step.before().ids().rangeInvalidation())
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
                                it.command().encode().name(),
                                it.command().asid()),
                    step.position(),
                    List.of(it.position(), step.position())));
  }

  private Optional<Invalidated> newest(long address, boolean rangeInvalidation) {
    Invalidated found = null;
    for (int i = 0; i < Math.min(count, LintLimits.INVALIDATIONS); i++) {
      if ((found == null || found.position() < positions[i])
          && SmmuCommand.decode(new CommandEntry(word0[i], word1[i]))
              instanceof TlbInvalidation.Va it
          && covers(it.range().covered(rangeInvalidation), address)) {
        found = new Invalidated(it, positions[i], times[i]);
      }
    }
    return Optional.ofNullable(found);
  }

  private static boolean covers(AddressRange range, long address) {
    return Long.compareUnsigned(range.first(), address) <= 0
        && Long.compareUnsigned(address, range.last()) <= 0;
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
