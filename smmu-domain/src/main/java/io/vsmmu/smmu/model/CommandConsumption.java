package io.vsmmu.smmu.model;

import io.vsmmu.smmu.event.CommandsConsumed;
import io.vsmmu.smmu.rules.SliceRules;
import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.CommandError;
import io.vsmmu.smmu.spec.QueuePointer;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.TableFields;
import io.vsmmu.smmu.stimulus.RecordedConsumption;
import io.vsmmu.smmu.stimulus.Stimulus.ConsumeCommands;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/**
 * Consumes a slice of the command queue (IHI 0070, 3.5.1 and 4.1).
 *
 * <p>A slice ends early where what follows must wait for the host: before a configuration change
 * that follows invalidations, which may still fail, and before an error that follows anything the
 * host has not confirmed, so that CMDQ_CONS never passes it. It also ends early after {@link
 * Limits#RECONFIGURATIONS}. The rest is submitted again.
 */
final class CommandConsumption {

  private final VsmmuState before;
  private final ConsumeCommands slice;
  private final SliceRules rules;
  private final Draft draft;
  private final StreamReinstallation streams;
  private final BitSet forwarded = new BitSet();
  private boolean touchesHost;

  /** The number of STEs that the commands so far made the SMMU read again. */
  private int stesRead;

  private CommandConsumption(VsmmuState before, ConsumeCommands slice) {
    this.before = before;
    this.slice = slice;
    this.rules = CommandVerdict.rules(before);
    this.draft = new Draft(before);
    this.streams = new StreamReinstallation(draft, slice.fetches());
  }

  static Decision decide(VsmmuState state, ConsumeCommands slice) {
    return new CommandConsumption(state, slice).decide();
  }

  private Decision decide() {
    int pending = pending();
    int available = Math.min(Math.min(pending, Limits.SLICE_ENTRIES), slice.entries().size());
    int consumed = 0;
    while (consumed < available) {
      CommandVerdict verdict = verdict(consumed);
      if (mustWait(verdict)) {
        conclude(consumed, Optional.empty(), false);
        return draft.accepted();
      }
      if (verdict instanceof CommandVerdict.Illegal illegal) {
        conclude(consumed, Optional.of(illegal), false);
        return draft.accepted();
      }
      take(verdict, consumed++);
    }
    boolean more = consumed < pending || slice.recorded().isPresent();
    boolean atFault = consumed == slice.entries().size() && more && !touchesHost;
    conclude(consumed, Optional.empty(), atFault && slice.fetchFault());
    return draft.accepted();
  }

  /**
   * Entries to be consumed: none while the queue is disabled or stopped, an outcome is pending, or
   * the indexes are inconsistent.
   */
  private int pending() {
    if (slice.recorded().isPresent()) {
      return before.commandQueue().awaitsHost() ? 0 : slice.entries().size();
    }
    boolean halted =
        !before.commandQueueEnabled()
            || before.commandQueueStopped()
            || before.commandQueue().awaitsHost();
    return halted ? 0 : before.commandsUpTo(slice.prod());
  }

  /**
   * The verdict on the command at {@code index}. What a recorded SMMU did with it takes precedence,
   * and a command with an operand that the trace does not contain has no effect.
   */
  private CommandVerdict verdict(int index) {
    CommandEntry entry = slice.entries().get(index);
    CommandVerdict verdict = CommandVerdict.of(rules, draft.state(), entry);
    Optional<RecordedConsumption> recorded = slice.recorded();
    if (recorded.isPresent()) {
      if (recorded.get().failedAt(index, slice.entries().size())) {
        return verdict instanceof CommandVerdict.Illegal
            ? verdict
            : new CommandVerdict.Illegal("the recorded SMMU did not consume it");
      }
      verdict = verdict instanceof CommandVerdict.Illegal ? CommandVerdict.NO_EFFECT : verdict;
    }
    boolean known =
        index >= slice.known().size() || KnownOperands.areAll(entry, slice.known().get(index));
    return known || verdict instanceof CommandVerdict.Illegal ? verdict : CommandVerdict.NO_EFFECT;
  }

  /** Whether the command is left for a later slice. */
  private boolean mustWait(CommandVerdict verdict) {
    return switch (verdict) {
      case CommandVerdict.NoEffect _, CommandVerdict.Forward _ -> false;
      case CommandVerdict.Illegal _ -> touchesHost;
      case CommandVerdict.Reinstall reinstall ->
          streams.forgets()
              || exhausts(streams.stesRead(reinstall))
              || (!forwarded.isEmpty() && streams.movesDevice(reinstall));
    };
  }

  /**
   * Whether {@code more} STEs are too many for this slice; the first command may have any number.
   */
  private boolean exhausts(int more) {
    return stesRead > 0 && more > 0 && stesRead + more > Limits.RECONFIGURATIONS;
  }

  private void take(CommandVerdict verdict, int index) {
    switch (verdict) {
      case CommandVerdict.NoEffect _, CommandVerdict.Illegal _ -> {}
      case CommandVerdict.Forward _ -> {
        forwarded.set(index);
        touchesHost = true;
      }
      case CommandVerdict.Reinstall reinstall -> {
        boolean moves = streams.movesDevice(reinstall);
        stesRead += streams.stesRead(reinstall);
        forwarded.set(index, streams.leavesTranslating(reinstall));
        streams.apply(reinstall, index);
        touchesHost |= moves || forwarded.get(index);
      }
    }
  }

  private void conclude(int consumed, Optional<CommandVerdict.Illegal> illegal, boolean faulted) {
    QueuePointer fetched = fetched().advance(consumed);
    long cons = before.registers().get(Register.CMDQ_CONS);
    int kept = consumed + (illegal.isPresent() ? 1 : 0);
    draft.emitFirst(
        before,
        new CommandsConsumed(
            TableFields.WR.mask() & slice.prod(),
            fetched().value(),
            slice.entries().subList(0, kept),
            slice.known().subList(0, Math.min(kept, slice.known().size())),
            List.copyOf(streams.used()),
            faulted,
            consumed,
            forwarded,
            touchesHost,
            // Index bits that LOG2SIZE leaves unused count again when the guest enlarges the queue.
            consumed == 0 ? before.commandQueue().fetched() : fetched.value(),
            touchesHost || consumed == 0 ? cons : fetched.value(),
            recorded(illegal.isPresent() || faulted)));
    CommandError error =
        slice
            .recorded()
            .map(RecordedConsumption::error)
            .filter(recorded -> recorded != CommandError.CERROR_NONE)
            .orElse(CommandError.CERROR_ILL);
    illegal.ifPresent(bad -> stop(consumed, fetched, error, bad.reason()));
    if (faulted) {
      stop(consumed, fetched, CommandError.CERROR_ABT, "the entry could not be read");
    }
  }

  /** The error of a recording belongs to the last part of its slice. */
  private Optional<RecordedConsumption> recorded(boolean stopped) {
    return slice
        .recorded()
        .map(all -> stopped ? all : new RecordedConsumption(all.from(), CommandError.CERROR_NONE));
  }

  private void stop(int entry, QueuePointer at, CommandError error, String detail) {
    draft.emit(CommandQueueErrors.at(draft.state(), entry, error, at.value(), detail));
  }

  private QueuePointer fetched() {
    long own = before.commandQueue().fetched();
    long from = slice.recorded().map(RecordedConsumption::from).orElse(own);
    return pointer(from == RecordedConsumption.GOES_ON ? own : from);
  }

  private QueuePointer pointer(long value) {
    return QueuePointer.normalise((int) value, before.commandQueueLog2Size());
  }
}
