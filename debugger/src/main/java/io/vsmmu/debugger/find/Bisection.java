package io.vsmmu.debugger.find;

import io.vsmmu.db.log.EventLog;
import io.vsmmu.db.log.StoredEvent;
import io.vsmmu.debugger.Progress;
import io.vsmmu.debugger.expression.Expression;
import io.vsmmu.debugger.expression.Moment;
import io.vsmmu.projections.travel.LogEvent;
import io.vsmmu.projections.travel.TimeTravel;
import io.vsmmu.smmu.model.Vsmmu;
import io.vsmmu.smmu.model.VsmmuState;
import java.util.List;
import java.util.Optional;

/**
 * Finds the one event at which a condition that rises or falls changes ({@link
 * io.vsmmu.debugger.expression.Growth}), by about as many states as the log's length has bits, most
 * of which are snapshots.
 */
final class Bisection {

  private final EventLog log;
  private final TimeTravel states;
  private final int vsmmu;
  private final Expression expression;

  Bisection(EventLog log, TimeTravel states, FindQuery query) {
    this.log = log;
    this.states = states;
    this.vsmmu = query.vsmmu();
    this.expression = query.expression();
  }

  /**
   * The events of a part at which the condition holds, which are neighbours.
   *
   * @throws DamagedLogException if an event that is needed is missing or cannot be decoded
   */
  Part holding(Part part, Progress progress) {
    try {
      boolean atFirst = holds(part.first());
      boolean atLast = holds(part.last());
      if (atFirst == atLast) {
        return atFirst ? part : new Part(part.first(), part.first() - 1);
      }
      long change = change(part, atLast, progress);
      return atLast ? new Part(change, part.last()) : new Part(part.first(), change - 1);
    } catch (IllegalStateException damaged) {
      throw FirstDamage.upTo(log, vsmmu, part.last()).orElseThrow(() -> damaged);
    }
  }

  /** The first event at which the condition is as at the last one. */
  private long change(Part part, boolean atLast, Progress progress) {
    long low = part.first();
    long high = part.last();
    while (high - low > TimeTravel.SNAPSHOT_INTERVAL) {
      progress.stopIfCancelled();
      long middle = lastOfSnapshot(low + (high - low) / 2);
      if (middle <= low) {
        break;
      }
      if (holds(middle) == atLast) {
        high = middle;
      } else {
        low = middle;
      }
    }
    ChangeScan scan = new ChangeScan(states.before(vsmmu, low + 1), atLast);
    log.readWhile(vsmmu, low + 1, high, scan::visit);
    return scan.sequence;
  }

  /** The last event at or before a sequence whose state has a snapshot. */
  private static long lastOfSnapshot(long sequence) {
    return (sequence + 1) / TimeTravel.SNAPSHOT_INTERVAL * TimeTravel.SNAPSHOT_INTERVAL - 1;
  }

  /** Whether the condition holds after the event with a sequence. */
  boolean holds(long sequence) {
    VsmmuState state = states.before(vsmmu, sequence + 1);
    return expression.holds(moment(state, state, event(sequence)));
  }

  private LogEvent event(long sequence) {
    List<StoredEvent> found = log.readPage(vsmmu, sequence, 1);
    return Optional.of(found)
        .filter(it -> !it.isEmpty() && it.getFirst().sequence() == sequence)
        .map(it -> new LogEvent(it.getFirst()))
        .orElseThrow(
            () -> new IllegalStateException("The log lacks the event with sequence " + sequence));
  }

  private Moment moment(VsmmuState before, VsmmuState state, LogEvent event) {
    return new Moment(before, state, event, states.positions(vsmmu));
  }

  /** The event with a sequence, with the states before and after it. */
  FoundMoment at(long sequence) {
    LogEvent event = event(sequence);
    VsmmuState before = states.before(vsmmu, sequence);
    return new FoundMoment(event, moment(before, Vsmmu.evolve(before, event.event()), event));
  }

  /** An event and what an expression is evaluated on at it. */
  record FoundMoment(LogEvent event, Moment moment) {}

  /** Folds events until the condition is as wanted. */
  private final class ChangeScan {
    private final boolean wanted;
    private VsmmuState state;
    private long sequence;

    ChangeScan(VsmmuState state, boolean wanted) {
      this.state = state;
      this.wanted = wanted;
    }

    boolean visit(StoredEvent stored) {
      LogEvent event = new LogEvent(stored);
      VsmmuState before = state;
      state = Vsmmu.evolve(before, event.event());
      sequence = stored.sequence();
      return expression.holds(moment(before, state, event)) != wanted;
    }
  }
}
