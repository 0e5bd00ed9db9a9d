package io.vsmmu.projections.lint;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.vsmmu.projections.view.Hex;
import io.vsmmu.smmu.event.FaultsReported;
import io.vsmmu.smmu.event.RegisterWritten;
import io.vsmmu.smmu.event.StreamBehaviour;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.event.VsmmuReset;
import io.vsmmu.smmu.model.StreamState;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.spec.ConfigInvalidation;
import io.vsmmu.smmu.spec.EventRecord;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Finds invalidations whose completion the guest relied on without a CMD_SYNC. That a command was
 * consumed does not mean that it is complete; only CMD_SYNC says so (IHI 0070, 4.7.3). A guest may
 * submit a long list of invalidations in several parts and one CMD_SYNC at their end, so a part
 * without one is no problem by itself.
 */
final class UnsyncedCommands implements CommandChecker {

  /** The first command that no CMD_SYNC has followed, with its name, and the time of the last. */
  private record Pending(long position, String name, long lastMicros) {}

  private final FindingReport.Builder findings;
  @JsonProperty private @Nullable Pending pending;

  /** StreamIDs of pending CMD_CFGI_STEs, at most {@link LintLimits#UNSYNCED_STREAMS}. */
  @JsonProperty private SortedSet<Integer> configured = new TreeSet<>();

  /** Time of the last access of the guest, in microseconds since 1970. */
  @JsonProperty private long guestMicros;

  UnsyncedCommands(FindingReport.Builder findings) {
    this.findings = findings;
  }

  @Override
  public void commands(ObservedEvent step, ObservedCommands commands) {
    if (commands.lastSync() >= 0) {
      clear();
    }
    for (int i = commands.lastSync() + 1; i < commands.size(); i++) {
      ObservedCommand command = commands.at(i);
      if (command.invalidates()) {
        invalidated(step, command);
      }
    }
  }

  private void invalidated(ObservedEvent step, ObservedCommand command) {
    Pending first = pending;
    if (first == null) {
      pending = new Pending(step.position(), command.entry().name(), step.micros());
    } else if (first.lastMicros() != step.micros()) {
      pending = new Pending(first.position(), first.name(), step.micros());
    }
    if (command.command() instanceof ConfigInvalidation.Ste ste
        && configured.size() < LintLimits.UNSYNCED_STREAMS) {
      configured.add(ste.sid());
    }
  }

  @Override
  public Set<Class<? extends VsmmuEvent>> observed() {
    return Set.of(RegisterWritten.class, FaultsReported.class, VsmmuReset.class);
  }

  @Override
  public void observe(ObservedEvent step) {
    switch (step.event()) {
      case RegisterWritten _ -> {
        guestMicros = step.micros();
        enabled(step);
      }
      case FaultsReported it -> used(step, it);
      case VsmmuReset _ -> clear();
      default -> {}
    }
  }

  @Override
  public void finish(VsmmuState last, long position) {
    Pending first = pending;
    if (first != null && guestMicros - first.lastMicros() >= LintLimits.SYNC_MICROS) {
      findings.occurred(
          Rule.COMMAND_WITHOUT_SYNC,
          Severity.INFO,
          null,
          "NEVER",
          first.name(),
          () ->
              "%s was never followed by a CMD_SYNC, though the guest accessed the SMMU %s later"
                  .formatted(first.name(), Elapsed.text(guestMicros - first.lastMicros())),
          first.position(),
          List.of(first.position()));
    }
  }

  private void clear() {
    pending = null;
    configured.clear();
  }

  private void enabled(ObservedEvent step) {
    Pending first = pending;
    if (first == null || step.before().enabled() || !step.after().enabled()) {
      return;
    }
    findings.occurred(
        Rule.COMMAND_WITHOUT_SYNC,
        Severity.WARNING,
        null,
        "ENABLED",
        first.name(),
        () ->
            "The guest set CR0.SMMUEN without a CMD_SYNC after %s: what it was to invalidate may"
                    .formatted(first.name())
                + " still be used",
        first.position(),
        List.of(first.position(), step.position()));
  }

  private void used(ObservedEvent step, FaultsReported it) {
    Pending first = pending;
    if (first == null
        || configured.isEmpty()
        || step.micros() - first.lastMicros() < LintLimits.FAULT_DELAY_MICROS) {
      return;
    }
    for (EventRecord fault : it.records()) {
      StreamState stream = step.before().streams().get(fault.sid());
      if (configured.contains(fault.sid())
          && stream != null
          && stream.effective() == StreamBehaviour.TRANSLATE) {
        findings.occurred(
            Rule.COMMAND_WITHOUT_SYNC,
            Severity.WARNING,
            Hex.of(fault.sid()),
            "USED",
            "",
            () ->
                "StreamID %s was used %s after its STE was changed, without a CMD_SYNC after %s"
                    .formatted(
                        Hex.of(fault.sid()),
                        Elapsed.text(step.micros() - first.lastMicros()),
                        first.name()),
            step.position(),
            List.of(first.position(), step.position()));
      }
    }
  }
}
