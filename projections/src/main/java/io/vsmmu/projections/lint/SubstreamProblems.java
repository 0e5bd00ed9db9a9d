package io.vsmmu.projections.lint;

import io.vsmmu.projections.view.Hex;
import io.vsmmu.smmu.event.FaultsReported;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.spec.CommandOpcode;
import io.vsmmu.smmu.spec.ConfigInvalidation;
import io.vsmmu.smmu.spec.EventFields;
import io.vsmmu.smmu.spec.EventRecord;
import io.vsmmu.smmu.spec.EventType;
import io.vsmmu.smmu.spec.StreamTableEntry;
import java.util.List;
import java.util.Set;

/** Finds SubstreamIDs for which a stream has no CD: those from 2^STE.S1CDMax on (IHI 0070, 5.2). */
final class SubstreamProblems implements CommandChecker {

  private final FindingReport.Builder findings;

  SubstreamProblems(FindingReport.Builder findings) {
    this.findings = findings;
  }

  @Override
  public void commands(ObservedEvent step, ObservedCommands commands) {
    if (!commands.hasOthers()) {
      return;
    }
    for (int i = 0; i < commands.size(); i++) {
      if (commands.opcode(i) == CommandOpcode.CFGI_CD.code()) {
        command(step, commands.at(i));
      }
    }
  }

  private void command(ObservedEvent step, ObservedCommand command) {
    if (command.complete()
        && command.command() instanceof ConfigInvalidation.Cd it
        && beyond(step.before(), it.sid(), it.ssid())) {
      occurred(step, it.sid(), it.ssid(), Severity.INFO, "COMMAND", "CMD_CFGI_CD names");
    }
  }

  @Override
  public Set<Class<? extends VsmmuEvent>> observed() {
    return Set.of(FaultsReported.class);
  }

  @Override
  public void observe(ObservedEvent step) {
    if (step.event() instanceof FaultsReported faults) {
      faults.records().forEach(record -> fault(step, record));
    }
  }

  @Override
  public void finish(VsmmuState last, long position) {}

  private void fault(ObservedEvent step, EventRecord fault) {
    int ssid = (int) fault.get(EventFields.SUBSTREAM_ID);
    if (fault.number() == EventType.C_BAD_SUBSTREAMID.code()
        && beyond(step.before(), fault.sid(), ssid)) {
      occurred(step, fault.sid(), ssid, Severity.WARNING, "FAULT", "The device used");
    }
  }

  private void occurred(
      ObservedEvent step, int sid, int ssid, Severity severity, String cause, String what) {
    int s1CdMax = KnownSte.of(step.before(), sid).map(StreamTableEntry::s1CdMax).orElse(0);
    findings.occurred(
        Rule.SSID_BEYOND_S1CDMAX,
        severity,
        Hex.of(sid),
        cause,
        "",
        () ->
            "%s SubstreamID %s of StreamID %s, whose STE.S1CDMax is %d: there are %d CDs"
                .formatted(what, Hex.of(ssid), Hex.of(sid), s1CdMax, 1L << s1CdMax),
        step.position(),
        List.of(step.position()));
  }

  /** Whether the stream has stage 1, with an STE that is known, and no CD of that number. */
  private static boolean beyond(VsmmuState state, int sid, int ssid) {
    return state.ids().ssidSize() > 0
        && KnownSte.of(state, sid)
            .filter(ste -> ste.config().stage1() && ssid >>> ste.s1CdMax() != 0)
            .isPresent();
  }
}
