package io.vsmmu.projections.lint;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.spec.SmmuCommand;
import io.vsmmu.smmu.spec.TlbInvalidation;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Sums up what TLB invalidations cost a guest, and finds runs that one command could replace. */
final class InvalidationCosts implements CommandChecker {

  private static final int PERCENT = 100;
  private static final int MOST = 90;

  private final FindingReport.Builder findings;

  /** Invalidations by address, by ASID, and of everything. */
  @JsonProperty private long byAddress;

  @JsonProperty private long byAsid;
  @JsonProperty private long ofAll;

  /** Invalidations by address of several pages. */
  @JsonProperty private long ranges;

  /** CMD_SYNCs that followed at least one of them. */
  @JsonProperty private long syncs;

  @JsonProperty private boolean pending;

  /** Positions of the first and the last of them. */
  @JsonProperty private long first;

  @JsonProperty private long last;

  /** By ASID, at most {@link LintLimits#ASIDS}. */
  @JsonProperty private SortedMap<Integer, Long> asids = new TreeMap<>();

  @JsonProperty private long otherAsids;

  /** The current run of invalidations of one ASID by address: its ASID, -1 without one. */
  @JsonProperty private int runAsid = -1;

  @JsonProperty private long runLength;
  @JsonProperty private long runFrom;

  /** When the interval began in which invalidations are counted now, in microseconds since 1970. */
  @JsonProperty private long windowMicros;

  @JsonProperty private long inWindow;

  InvalidationCosts(FindingReport.Builder findings) {
    this.findings = findings;
  }

  @Override
  public void observe(ObservedEvent step) {}

  @Override
  public void command(ObservedEvent step, ObservedCommand command) {
    switch (command.command()) {
      case TlbInvalidation.Va it -> {
        byAddress++;
        ranges += it.range().num() > 0 || it.range().scale() > 0 ? 1 : 0;
        counted(step, command, it.asid());
        if (command.complete()) {
          run(step, it.asid());
        }
      }
      case TlbInvalidation.Asid it -> {
        byAsid++;
        counted(step, command, it.asid());
        endRun();
      }
      case TlbInvalidation.Vaa _, TlbInvalidation.Ipa _ -> {
        byAddress++;
        counted(step, command, -1);
        endRun();
      }
      case TlbInvalidation.All _ -> {
        ofAll++;
        counted(step, command, -1);
        endRun();
      }
      case SmmuCommand.Sync _ -> {
        syncs += pending ? 1 : 0;
        pending = false;
        endRun();
      }
      default -> {}
    }
  }

  private void counted(ObservedEvent step, ObservedCommand command, int asid) {
    first = first == 0 ? step.position() : first;
    last = step.position();
    pending = true;
    rate(step);
    if (asid < 0 || !command.complete()) {
      return;
    }
    if (asids.containsKey(asid) || asids.size() < LintLimits.ASIDS) {
      asids.merge(asid, 1L, Long::sum);
    } else {
      otherAsids++;
    }
  }

  /** A recording without time stamps has one time for all events: no interval passes in it. */
  private void rate(ObservedEvent step) {
    if (step.micros() - windowMicros >= LintLimits.STORM_MICROS) {
      windowMicros = step.micros();
      inWindow = 0;
    }
    inWindow++;
    if (inWindow == LintLimits.STORM_TLBIS && step.micros() > windowMicros) {
      findings.occurred(
          Rule.TLBI_STORM,
          Severity.INFO,
          null,
          "RATE",
          "",
          () ->
              "%d TLB invalidations within %s"
                  .formatted(LintLimits.STORM_TLBIS, Elapsed.text(step.micros() - windowMicros)),
          step.position(),
          List.of(step.position()));
    }
  }

  private void run(ObservedEvent step, int asid) {
    if (asid != runAsid) {
      runAsid = asid;
      runLength = 0;
      runFrom = step.position();
    }
    runLength++;
    if (runLength == LintLimits.TLBI_RUN + 1) {
      findings.occurred(
          Rule.TLBI_STORM,
          Severity.INFO,
          null,
          "RUN",
          "",
          () ->
              ("More than %d invalidations of ASID %d by address in a row, without a CMD_SYNC"
                      + " between them: one CMD_TLBI_NH_ASID, or range invalidations (IDR3.RIL is"
                      + " %d), would do")
                  .formatted(
                      LintLimits.TLBI_RUN, asid, step.before().ids().rangeInvalidation() ? 1 : 0),
          runFrom,
          List.of(runFrom, step.position()));
    }
  }

  private void endRun() {
    runAsid = -1;
  }

  @Override
  public void finish(VsmmuState state, long position) {
    long all = byAddress + byAsid + ofAll;
    if (all < LintLimits.COST_INVALIDATIONS) {
      return;
    }
    String mode;
    String text;
    if (byAddress * PERCENT >= all * MOST) {
      mode = "STRICT";
      text = "the guest waits for each unmapping (strict)";
    } else if ((byAsid + ofAll) * PERCENT >= all * MOST) {
      mode = "LAZY";
      text = "the guest collects unmappings and invalidates whole address spaces (lazy)";
    } else {
      mode = "MIXED";
      text = "the guest waits for some unmappings and collects others";
    }
    findings.add(
        Rule.INVALIDATION_COST,
        first,
        last,
        null,
        mode,
        ("%d TLB invalidations: %d by address (%d of them ranges), %d by ASID, %d of everything; %d"
                + " CMD_SYNCs behind them, %s; by ASID: %s. It looks as if %s")
            .formatted(all, byAddress, ranges, byAsid, ofAll, syncs, perSync(all), perAsid(), text),
        List.of(first, last));
  }

  private String perSync(long all) {
    return syncs == 0
        ? "none"
        : String.format(Locale.ROOT, "%.1f invalidations for each", all / (double) syncs);
  }

  private String perAsid() {
    String listed =
        asids.entrySet().stream()
            .map(entry -> entry.getKey() + " " + Times.text(entry.getValue()))
            .collect(Collectors.joining(", "));
    return otherAsids == 0 ? listed : listed + ", others " + Times.text(otherAsids);
  }
}
