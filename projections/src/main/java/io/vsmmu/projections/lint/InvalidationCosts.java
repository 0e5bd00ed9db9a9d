package io.vsmmu.projections.lint;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.vsmmu.smmu.event.VsmmuDeleted;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.spec.SmmuCommand;
import io.vsmmu.smmu.spec.TlbInvalidation;
import java.util.List;
import java.util.Locale;
import java.util.Set;
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

  /**
   * The ASID of the last invalidation, -1 without one, and the number not yet in {@link #asids}.
   */
  @JsonProperty private int lastAsid = -1;

  @JsonProperty private long ofLastAsid;

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

  /** None but the end of the log: commands are all that it examines. */
  @Override
  public Set<Class<? extends VsmmuEvent>> observed() {
    return Set.of(VsmmuDeleted.class);
  }

  @Override
  public void commands(ObservedEvent step, ObservedCommands commands) {
    boolean simple =
        !commands.hasOthers()
            && commands.complete()
            && commands.oneAsid()
            && runLength + commands.addresses() <= LintLimits.TLBI_RUN;
    if (simple) {
      pages(step, commands);
      return;
    }
    for (int i = 0; i < commands.size(); i++) {
      command(step, commands.at(i));
    }
  }

  /** Counts a slice of invalidations of pages of one ASID, with which no run becomes too long. */
  private void pages(ObservedEvent step, ObservedCommands commands) {
    int pages = commands.addresses();
    syncs += commands.syncsBehindAddresses();
    syncs += pending && commands.beginsWithSync() ? 1 : 0;
    if (pages > 0) {
      byAddress += pages;
      ranges += commands.ranges();
      counted(step, commands.asid(), pages);
    }
    if (commands.lastSync() >= 0) {
      endRun();
    }
    pending = commands.addressesAtEnd() > 0 || (pending && commands.lastSync() < 0);
    if (commands.addressesAtEnd() > 0) {
      run(step, commands.asid(), commands.addressesAtEnd());
    }
  }

  private void command(ObservedEvent step, ObservedCommand command) {
    switch (command.command()) {
      case TlbInvalidation.Va it -> {
        byAddress++;
        ranges += it.range().num() > 0 || it.range().scale() > 0 ? 1 : 0;
        counted(step, command.complete() ? it.asid() : -1, 1);
        if (command.complete()) {
          run(step, it.asid(), 1);
        }
      }
      case TlbInvalidation.Asid it -> {
        byAsid++;
        counted(step, command.complete() ? it.asid() : -1, 1);
        endRun();
      }
      case TlbInvalidation.Vaa _, TlbInvalidation.Ipa _ -> {
        byAddress++;
        counted(step, -1, 1);
        endRun();
      }
      case TlbInvalidation.All _ -> {
        ofAll++;
        counted(step, -1, 1);
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

  /**
   * @param asid -1 for invalidations that name none, or one that is not known
   */
  private void counted(ObservedEvent step, int asid, int count) {
    first = first == 0 ? step.position() : first;
    last = step.position();
    pending = true;
    rate(step, count);
    if (asid < 0) {
      return;
    }
    if (asid == lastAsid) {
      ofLastAsid += count;
      return;
    }
    addLastAsid();
    lastAsid = asid;
    ofLastAsid = count;
  }

  /** Adds the invalidations of the last ASID to those of their ASID. */
  private void addLastAsid() {
    if (lastAsid < 0) {
      return;
    }
    if (asids.containsKey(lastAsid) || asids.size() < LintLimits.ASIDS) {
      asids.merge(lastAsid, ofLastAsid, Long::sum);
    } else {
      otherAsids += ofLastAsid;
    }
    lastAsid = -1;
  }

  /** A recording without time stamps has one time for all events: no interval passes in it. */
  private void rate(ObservedEvent step, int count) {
    if (step.micros() - windowMicros >= LintLimits.STORM_MICROS) {
      windowMicros = step.micros();
      inWindow = 0;
    }
    long before = inWindow;
    inWindow += count;
    if (before < LintLimits.STORM_TLBIS
        && inWindow >= LintLimits.STORM_TLBIS
        && step.micros() > windowMicros) {
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

  private void run(ObservedEvent step, int asid, int count) {
    if (asid != runAsid) {
      runAsid = asid;
      runLength = 0;
      runFrom = step.position();
    }
    long before = runLength;
    runLength += count;
    if (before <= LintLimits.TLBI_RUN && runLength > LintLimits.TLBI_RUN) {
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
    runLength = 0;
  }

  @Override
  public void finish(VsmmuState state, long position) {
    addLastAsid();
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
