package io.vsmmu.projections.lint;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.vsmmu.projections.view.Hex;
import io.vsmmu.smmu.event.FaultsReported;
import io.vsmmu.smmu.event.LinesKept;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.model.DeviceState;
import io.vsmmu.smmu.model.StreamState;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.spec.EventFields;
import io.vsmmu.smmu.spec.EventRecord;
import io.vsmmu.smmu.spec.EventType;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds faults, storms of them, and those that no device can have caused. */
final class FaultProblems implements RuleChecker {

  private static final int S1DSS_BYPASS = 1;

  /** A line of QEMU's trace event {@code smmuv3_record_event}: the event's name and StreamID. */
  private static final Pattern RECORDED_EVENT =
      Pattern.compile(
          "smmuv3_record_event\\s+(?:SMMU_EVT_)?(\\w{1,40}) sid=0x([0-9a-fA-F]{1,8})\\b");

  /** With what {@link #RECORDED_EVENT} begins; most lines are examined for nothing else. */
  private static final String RECORD_EVENT = "smmuv3_record_event";

  private static final int HEX = 16;

  /**
   * Records of one StreamID.
   *
   * @param windowMicros when the interval began in which they are counted now
   * @param inWindow the number in it
   * @param most the largest number in one interval
   * @param total the number of all
   * @param first position of the first
   * @param peak position in the interval with the most
   * @param last position of the last
   * @param ats state of ATS in that interval
   */
  private record Storm(
      long windowMicros,
      long inWindow,
      long most,
      long total,
      long first,
      long peak,
      long last,
      String ats) {}

  private final FindingReport.Builder findings;

  /** By StreamID, at most {@link LintLimits#STREAMS}. */
  @JsonProperty private SortedMap<Integer, Storm> storms = new TreeMap<>();

  FaultProblems(FindingReport.Builder findings) {
    this.findings = findings;
  }

  @Override
  public Set<Class<? extends VsmmuEvent>> observed() {
    return Set.of(FaultsReported.class, LinesKept.class);
  }

  @Override
  public void observe(ObservedEvent step) {
    switch (step.event()) {
      case FaultsReported it -> {
        for (EventRecord fault : it.records()) {
          fault(step, fault);
          count(step, fault.sid());
        }
      }
      case LinesKept it -> it.lines().forEach(line -> line(step, line));
      default -> {}
    }
  }

  @Override
  public void finish(VsmmuState last, long position) {
    storms.forEach(this::storm);
  }

  private void fault(ObservedEvent step, EventRecord fault) {
    boolean hint = fault.number() == EventType.E_PAGE_REQUEST.code();
    boolean hasAddress = fault.fields().field(EventFields.INPUT_ADDR.name()).isPresent();
    findings.occurred(
        Rule.FAULT,
        hint ? Severity.INFO : Severity.WARNING,
        Hex.of(fault.sid()),
        fault.name(),
        "",
        () ->
            "%s for StreamID %s%s: %s"
                .formatted(
                    fault.name(),
                    Hex.of(fault.sid()),
                    hasAddress
                        ? ", first at address " + Hex.of(fault.get(EventFields.INPUT_ADDR))
                        : "",
                    FaultMeaning.of(fault)),
        step.position(),
        List.of(step.position()));
    if (fault.number() == EventType.C_BAD_CD.code()
        && fault.get(EventFields.SSV) == 0
        && bypassesStage1(step.before(), fault.sid())) {
      badCd(step, fault.sid());
    }
  }

  private void badCd(ObservedEvent step, int sid) {
    findings.occurred(
        Rule.BAD_CD_WITH_S1DSS_BYPASS,
        Severity.WARNING,
        Hex.of(sid),
        null,
        "",
        () ->
            ("C_BAD_CD for StreamID %s without a SubstreamID, though STE.S1DSS is 0b01: such a"
                    + " transaction bypasses stage 1 and reads no CD. Software that translated an"
                    + " address of the guest by itself, such as the MSI doorbell, made the record")
                .formatted(Hex.of(sid)),
        step.position(),
        List.of(step.position()));
  }

  /** Whether transactions without a SubstreamID bypass stage 1 (IHI 0070, 3.9 and 5.2, S1DSS). */
  private static boolean bypassesStage1(VsmmuState state, int sid) {
    return state.ids().ssidSize() > 0
        && KnownSte.of(state, sid)
            .filter(ste -> ste.config().stage1())
            .filter(ste -> ste.s1CdMax() > 0 && ste.s1Dss() == S1DSS_BYPASS)
            .isPresent();
  }

  /** A fault of a recorded SMMU, of which the trace has only the name and the StreamID. */
  private void line(ObservedEvent step, String line) {
    if (!line.contains(RECORD_EVENT)) {
      return;
    }
    Matcher match = RECORDED_EVENT.matcher(line);
    if (match.find()) {
      int sid = Integer.parseUnsignedInt(match.group(2), HEX);
      String name = match.group(1);
      findings.occurred(
          Rule.FAULT,
          Severity.WARNING,
          Hex.of(sid),
          name,
          "",
          () ->
              "The recording has %s for StreamID %s; the line does not name the SMMU"
                  .formatted(name, Hex.of(sid)),
          step.position(),
          List.of(step.position()));
      if (name.equals(EventType.C_BAD_CD.name()) && bypassesStage1(step.before(), sid)) {
        badCd(step, sid);
      }
    }
  }

  private void count(ObservedEvent step, int sid) {
    Storm before = storms.get(sid);
    long now = step.micros();
    if (before == null) {
      if (storms.size() < LintLimits.STREAMS) {
        long at = step.position();
        storms.put(sid, new Storm(now, 1, 1, 1, at, at, at, ""));
      }
      return;
    }
    boolean same = now - before.windowMicros() < LintLimits.STORM_MICROS;
    long inWindow = same ? before.inWindow() + 1 : 1;
    boolean most = inWindow > before.most();
    boolean storm = inWindow == LintLimits.STORM_RECORDS;
    storms.put(
        sid,
        new Storm(
            same ? before.windowMicros() : now,
            inWindow,
            Math.max(before.most(), inWindow),
            before.total() + 1,
            before.first(),
            most ? step.position() : before.peak(),
            step.position(),
            storm && before.ats().isEmpty() ? ats(step.before(), sid) : before.ats()));
  }

  private static String ats(VsmmuState state, int sid) {
    DeviceState device = state.devices().get(sid);
    StreamState stream = state.streams().get(sid);
    String ofDevice = device == null ? "no device" : device.atsEnabled() ? "on" : "off";
    String ofSte = stream == null ? "unknown" : Integer.toString(stream.ste().eats());
    return "ATS of the device: %s, STE.EATS: %s".formatted(ofDevice, ofSte);
  }

  private void storm(int sid, Storm it) {
    if (it.most() < LintLimits.STORM_RECORDS) {
      return;
    }
    findings.add(
        Rule.FAULT_STORM,
        Severity.WARNING,
        it.first(),
        it.last(),
        Hex.of(sid),
        null,
        it.total(),
        "StreamID %s caused up to %d faults within %s, %d in all; %s"
            .formatted(
                Hex.of(sid),
                it.most(),
                Elapsed.text(LintLimits.STORM_MICROS),
                it.total(),
                it.ats()),
        List.of(it.first(), it.peak(), it.last()));
  }
}
