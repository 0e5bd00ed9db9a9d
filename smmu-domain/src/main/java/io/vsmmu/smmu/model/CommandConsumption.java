package io.vsmmu.smmu.model;

import io.vsmmu.smmu.event.CommandsConsumed;
import io.vsmmu.smmu.spec.CommandError;
import io.vsmmu.smmu.spec.QueuePointer;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.TableFields;
import io.vsmmu.smmu.stimulus.SteReading;
import io.vsmmu.smmu.stimulus.Stimulus.ConsumeCommands;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Consumes a slice of the command queue (IHI 0070, 3.5.1 and 4.1).
 *
 * <p>A slice ends early before a configuration change that follows invalidations: those may still
 * fail at the host, and then the guest must find the queue stopped before the change.
 */
final class CommandConsumption {

  private final VsmmuState before;
  private final ConsumeCommands slice;
  private final Draft draft;
  private final BitSet forwarded = new BitSet();
  private final List<SteReading> used = new ArrayList<>();
  private boolean touchesHost;

  private CommandConsumption(VsmmuState before, ConsumeCommands slice) {
    this.before = before;
    this.slice = slice;
    this.draft = new Draft(before);
  }

  static Decision decide(VsmmuState state, ConsumeCommands slice) {
    return new CommandConsumption(state, slice).decide();
  }

  private Decision decide() {
    int available = available();
    int consumed = 0;
    CommandVerdict verdict = CommandVerdict.NO_EFFECT;
    while (consumed < available && verdict.goesOn()) {
      verdict = CommandVerdict.of(draft.state(), slice.entries().get(consumed));
      if (verdict.changesConfiguration(draft.state()) && !forwarded.isEmpty()) {
        break;
      }
      consumed += take(verdict, consumed) ? 1 : 0;
    }
    boolean faulted = verdict.goesOn() && slice.fetchFault() && consumed == slice.entries().size();
    conclude(consumed, verdict, faulted);
    return draft.accepted();
  }

  /**
   * Entries that may be looked at: none while the queue is disabled, stopped or owed an outcome.
   */
  private int available() {
    boolean halted =
        !before.commandQueueEnabled()
            || before.commandQueueStopped()
            || before.commandQueue().awaitsHost();
    if (halted) {
      return 0;
    }
    int pending = pointer(TableFields.WR.get(slice.prod())).distanceFrom(fetched());
    return Math.min(Math.min(pending, Limits.SLICE_ENTRIES), slice.entries().size());
  }

  /** Applies one command; false when it stops the queue. */
  private boolean take(CommandVerdict verdict, int index) {
    return switch (verdict) {
      case CommandVerdict.NoEffect _ -> true;
      case CommandVerdict.Forward _ -> {
        forwarded.set(index);
        touchesHost = true;
        yield true;
      }
      case CommandVerdict.Reinstall reinstall -> {
        touchesHost |= reinstall.changesConfiguration(draft.state());
        used.addAll(StreamReinstallation.apply(draft, reinstall, slice.readings(), index));
        yield true;
      }
      case CommandVerdict.Illegal _ -> false;
    };
  }

  private void conclude(int consumed, CommandVerdict verdict, boolean faulted) {
    boolean illegal = verdict instanceof CommandVerdict.Illegal;
    QueuePointer fetched = fetched().advance(consumed);
    long cons = before.registers().get(Register.CMDQ_CONS);
    int kept = Math.min(consumed + (illegal ? 1 : 0), slice.entries().size());
    draft.emitFirst(
        before,
        new CommandsConsumed(
            TableFields.WR.mask() & slice.prod(),
            fetched().value(),
            slice.entries().subList(0, kept),
            slice.known().subList(0, Math.min(kept, slice.known().size())),
            used,
            faulted,
            consumed,
            forwarded,
            touchesHost,
            fetched.value(),
            touchesHost || consumed == 0 ? cons : fetched.value()));
    if (verdict instanceof CommandVerdict.Illegal bad) {
      stop(consumed, fetched, CommandError.CERROR_ILL, bad.detail());
    } else if (faulted) {
      stop(consumed, fetched, CommandError.CERROR_ABT, "the entry could not be read");
    }
  }

  private void stop(int entry, QueuePointer at, CommandError error, String detail) {
    draft.emit(HostOutcomes.queueFailed(draft.state(), entry, error, at.value(), detail));
  }

  private QueuePointer fetched() {
    return pointer(before.commandQueue().fetched());
  }

  private QueuePointer pointer(long value) {
    return QueuePointer.normalise((int) value, before.commandQueueLog2Size());
  }
}
