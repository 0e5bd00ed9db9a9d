package io.vsmmu.projections.lint;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.vsmmu.projections.view.Hex;
import io.vsmmu.smmu.event.CommandsConsumed;
import io.vsmmu.smmu.event.HostCallsObserved;
import io.vsmmu.smmu.event.PartImported;
import io.vsmmu.smmu.event.RecordingFinished;
import io.vsmmu.smmu.event.RegisterReadsObserved;
import io.vsmmu.smmu.event.RegisterWritten;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.event.VsmmuReset;
import io.vsmmu.smmu.model.RecordedVerdicts;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.spec.CommandOpcode;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.stimulus.Origin;
import io.vsmmu.smmu.stimulus.RecordedConsumption;
import io.vsmmu.smmu.stimulus.RecordedHostCall;
import io.vsmmu.smmu.stimulus.RegisterRead;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Finds what a recording shows about the VMM that was recorded, and what the recording lacks. */
final class RecordingProblems implements RuleChecker {

  /**
   * Number of registers, and of kinds of verdicts, for which differences are recorded; further ones
   * are only counted.
   */
  static final int REGISTERS = 128;

  /**
   * Reads of one register that differ.
   *
   * @param first position of the first such read
   * @param last position of the last one
   * @param count number of such reads
   * @param recorded value that the recorded SMMU gave at the first
   * @param modelled value that this service's model gives at the first
   */
  private record Differing(
      long first, long last, long count, long recorded, @JsonProperty("ours") long modelled) {
    Differing and(long position) {
      return new Differing(first, position, count + 1, recorded, modelled);
    }
  }

  /**
   * Commands that the recorded SMMU and this service's model treat differently, all in the same
   * way: positions of the first and last, and their number.
   */
  private record DifferentVerdict(long first, long last, long count) {
    DifferentVerdict and(long position) {
      return new DifferentVerdict(first, position, count + 1);
    }
  }

  private final FindingReport.Builder findings;
  @JsonProperty private SortedMap<String, Differing> differing = new TreeMap<>();
  @JsonProperty private SortedMap<String, DifferentVerdict> verdicts = new TreeMap<>();

  /** Invalidation calls of the recorded host with one command each. */
  @JsonProperty private long singles;

  /** All invalidation calls of the recorded host. */
  @JsonProperty private long invalidationCalls;

  /** Positions of the first and last call with one command. */
  @JsonProperty private long firstSingle;

  @JsonProperty private long lastSingle;

  /** Calls for doorbells with which the guest submitted several invalidations up to a CMD_SYNC. */
  @JsonProperty private long calls;

  /** Calls that this service would have made for the same commands. */
  @JsonProperty("ours")
  private long modelledCalls;

  /**
   * The current doorbell's calls, the calls that this service would make for it, and its forwarded
   * commands.
   */
  @JsonProperty private long accessCalls;

  @JsonProperty private long accessBatches;
  @JsonProperty private long accessCommands;

  /** Whether the recording began after the guest had set up its SMMU. */
  @JsonProperty private boolean late;

  /**
   * Offsets of the registers written since the recording began; after a late start only their
   * values are known.
   */
  @JsonProperty private SortedSet<Integer> written = new TreeSet<>();

  @JsonProperty private boolean finished;

  RecordingProblems(FindingReport.Builder findings) {
    this.findings = findings;
  }

  @Override
  public Set<Class<? extends VsmmuEvent>> observed() {
    return Set.of(
        CommandsConsumed.class,
        RegisterWritten.class,
        VsmmuReset.class,
        HostCallsObserved.class,
        RegisterReadsObserved.class,
        RecordingFinished.class,
        PartImported.class);
  }

  @Override
  public void observe(ObservedEvent step) {
    switch (step.event()) {
      // A live guest's slices have no recorded calls and verdicts to compare with.
      case CommandsConsumed it when step.before().origin() != Origin.LIVE -> {
        consumed(step, it);
        RecordedVerdicts.of(step.before(), it).forEach(one -> differs(step, one));
      }
      case RegisterWritten it -> {
        if (written.size() < REGISTERS) {
          written.add(it.offset());
        }
      }
      case VsmmuReset _ -> late = false;
      case HostCallsObserved it -> it.calls().forEach(call -> called(step, call));
      case RegisterReadsObserved it when it.differing() > 0 ->
          it.reads().forEach(read -> read(step, read));
      case RecordingFinished it -> {
        finished = true;
        if (!it.complete()) {
          incomplete(step.position(), it.reason());
        }
      }
      case PartImported it -> begin(step, it);
      default -> {}
    }
  }

  private void begin(ObservedEvent step, PartImported part) {
    VsmmuState state = step.after();
    // Commands were consumed although no write of CR0.CMDQEN is recorded: an earlier late start.
    late =
        state.origin() != Origin.LIVE
            && !state.commandQueueEnabled()
            && !state.commands().byName().isEmpty();
    findings.add(
        Rule.PART_OF_LOG,
        step.position(),
        null,
        null,
        "BEGINNING",
        ("The log is a part of that of %s, from position %d to %d there, and begins with the state"
                + " before it, in the place of %d events")
            .formatted(
                part.vsmmu(), part.firstPosition(), part.lastPosition(), step.at().sequence() + 1),
        List.of(step.position()));
  }

  private void consumed(ObservedEvent step, CommandsConsumed slice) {
    boolean goesOn =
        slice.recorded().map(it -> it.from() == RecordedConsumption.GOES_ON).orElse(false);
    if (!goesOn) {
      accessEnded();
    }
    accessBatches += batches(slice);
    accessCommands += slice.forwarded().cardinality();
    if (!late && !slice.entries().isEmpty() && !step.before().commandQueueEnabled()) {
      startedLate();
    }
  }

  /**
   * Discards the differences of reads that depended on the part of the set-up that was not
   * recorded.
   */
  private void startedLate() {
    late = true;
    differing.clear();
  }

  /**
   * Counts the calls of a doorbell that is complete. A guest that follows every invalidation with a
   * CMD_SYNC leaves nothing to batch, so such a doorbell does not count.
   */
  private void accessEnded() {
    if (accessCommands > accessBatches && accessCalls > 0) {
      calls += accessCalls;
      modelledCalls += Math.min(accessCalls, accessBatches);
    }
    accessCalls = 0;
    accessBatches = 0;
    accessCommands = 0;
  }

  private void differs(ObservedEvent step, RecordedVerdicts.Difference one) {
    String text =
        "%s: the recorded SMMU %s; this model: %s"
            .formatted(one.command(), one.recorded(), one.modelled());
    DifferentVerdict seen = verdicts.get(text);
    if (seen != null) {
      verdicts.put(text, seen.and(step.position()));
    } else if (verdicts.size() < REGISTERS) {
      verdicts.put(text, new DifferentVerdict(step.position(), step.position(), 1));
    } else {
      findings.skip(Rule.DIFFERENT_VERDICT);
    }
  }

  @Override
  public void finish(VsmmuState last, long position) {
    if (last.origin() != Origin.LIVE && !finished) {
      findings.add(
          Rule.PART_OF_LOG,
          position,
          null,
          null,
          "END",
          "The log ends before its recording does: it is an export up to this position, and what"
              + " follows was not exported",
          List.of(position));
    }
    verdicts.forEach(
        (text, seen) ->
            findings.add(
                Rule.DIFFERENT_VERDICT,
                seen.first(),
                seen.last(),
                null,
                null,
                "%s; %s; the log follows the recording".formatted(text, Times.text(seen.count())),
                List.of(seen.first(), seen.last())));
    accessEnded();
    if (singles > 0 && calls > modelledCalls) {
      findings.add(
          Rule.UNBATCHED_INVALIDATIONS,
          firstSingle,
          lastSingle,
          null,
          null,
          ("The recorded host took %d of %d invalidation calls with one command each; where the"
               + " guest gave several up to a CMD_SYNC it made %d calls, batched they are %d calls")
              .formatted(singles, invalidationCalls, calls, modelledCalls),
          List.of(firstSingle, lastSingle));
    }
    differing.forEach(
        (name, seen) ->
            findings.add(
                Rule.DIFFERENT_REGISTER_READ,
                seen.first(),
                seen.last(),
                null,
                name,
                "%s read as %s where this model has %s; %d reads differ"
                    .formatted(
                        name, Hex.of(seen.recorded()), Hex.of(seen.modelled()), seen.count()),
                List.of(seen.first(), seen.last())));
  }

  /**
   * Number of invalidation calls that this service makes for a slice: one for all commands up to a
   * CMD_SYNC.
   */
  private static long batches(CommandsConsumed slice) {
    BitSet forwarded = slice.forwarded();
    long batches = 0;
    boolean pending = false;
    for (int i = 0; i < slice.consumed(); i++) {
      if (slice.entries().get(i).opcode() == CommandOpcode.SYNC.code()) {
        batches += pending ? 1 : 0;
        pending = false;
      }
      pending |= forwarded.get(i);
    }
    return batches + (pending ? 1 : 0);
  }

  private void called(ObservedEvent step, RecordedHostCall call) {
    if (call.entries() > 0) {
      invalidationCalls++;
      accessCalls++;
    }
    if (call.entries() == 1) {
      firstSingle = singles == 0 ? step.position() : firstSingle;
      lastSingle = step.position();
      singles++;
    }
  }

  private void read(ObservedEvent step, RegisterRead read) {
    long modelled = step.before().read(read.offset(), read.width());
    if (modelled == read.value() || (late && !written.contains(read.offset()))) {
      return;
    }
    String name =
        Register.at(read.offset(), read.width())
            .map(access -> access.register().name())
            .orElseGet(() -> "offset " + Hex.of(read.offset()));
    long position = step.position();
    Differing seen = differing.get(name);
    if (seen != null) {
      differing.put(name, seen.and(position));
    } else if (differing.size() < REGISTERS) {
      differing.put(name, new Differing(position, position, 1, read.value(), modelled));
    } else {
      findings.skip(Rule.DIFFERENT_REGISTER_READ);
    }
  }

  private void incomplete(long position, String reason) {
    findings.add(
        Rule.PARTIAL_RECORDING,
        position,
        position,
        null,
        null,
        "The recording is not complete: " + reason,
        List.of(position));
  }
}
