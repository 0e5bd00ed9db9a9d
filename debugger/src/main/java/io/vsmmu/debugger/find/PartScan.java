package io.vsmmu.debugger.find;

import io.vsmmu.db.log.EventLog;
import io.vsmmu.db.log.HashChain;
import io.vsmmu.db.log.StoredEvent;
import io.vsmmu.debugger.Progress;
import io.vsmmu.debugger.expression.Expression;
import io.vsmmu.debugger.expression.Moment;
import io.vsmmu.debugger.find.FindAnswer.Damage;
import io.vsmmu.projections.travel.DamagedEventException;
import io.vsmmu.projections.travel.LogEvent;
import io.vsmmu.projections.travel.TimeTravel;
import io.vsmmu.smmu.model.Vsmmu;
import io.vsmmu.smmu.model.VsmmuState;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Reads one part of a log and hands its events to a collector, each with whether the condition
 * holds. It begins one event before the part, so that it knows whether the condition held there,
 * and verifies the hash chain from there on. Used by one thread.
 */
final class PartScan implements Callable<Found> {

  private final EventLog log;
  private final TimeTravel states;
  private final int vsmmu;
  private final Expression expression;
  private final Part part;
  private final HitCollector collector;
  private final Progress progress;
  private final BooleanSupplier stopped;
  private final SeenPositions positions;

  private final long originMicros;
  private final HashChain chain = new HashChain();

  /** The hash of the event before the next one; null if that was not read. */
  private byte @Nullable [] hash;

  private VsmmuState state = VsmmuState.ABSENT;
  private boolean held;
  private long next;
  private long unreported;

  /**
   * @param originMicros zero point of the vSMMU's times, which the hash chain refers to
   * @param beginning sequence of the event with which the log begins
   * @param stopped whether the result is not wanted any more; asked on the thread of the scan
   */
  PartScan(
      EventLog log,
      TimeTravel states,
      FindQuery query,
      long originMicros,
      long beginning,
      Part part,
      HitCollector collector,
      Progress progress,
      BooleanSupplier stopped) {
    this.log = log;
    this.states = states;
    this.vsmmu = query.vsmmu();
    this.expression = query.expression();
    this.originMicros = originMicros;
    this.part = part;
    this.collector = collector;
    this.progress = progress;
    this.stopped = stopped;
    this.next = Math.max(beginning, part.first() - 1);
    this.hash = next == beginning ? HashChain.genesis() : null;
    this.positions = new SeenPositions(next, states.positions(vsmmu));
  }

  /**
   * {@inheritDoc}
   *
   * @throws DamagedLogException at an event that is missing, is not the one that was appended, or
   *     cannot be decoded
   * @throws CancellationException if the result is not wanted any more
   */
  @Override
  public Found call() {
    look();
    if (expression.readsState()) {
      state = stateBefore(next);
    }
    boolean whole = log.readWhile(vsmmu, next, part.last(), this::visit);
    if (whole && next <= part.last()) {
      throw missing(next);
    }
    progress.advance(unreported);
    return collector.found();
  }

  private VsmmuState stateBefore(long sequence) {
    try {
      return states.before(vsmmu, sequence);
    } catch (DamagedEventException damaged) {
      throw FirstDamage.upTo(log, vsmmu, sequence - 1).orElseThrow(() -> damaged);
    }
  }

  private boolean visit(StoredEvent stored) {
    if (stored.sequence() != next) {
      throw missing(next);
    }
    next++;
    checkHash(stored);
    if (stored.sequence() >= part.first() && ++unreported == FindLimits.LOOK) {
      progress.advance(unreported);
      unreported = 0;
      look();
    }
    try {
      return evaluate(new LogEvent(stored));
    } catch (DamagedEventException damaged) {
      throw new DamagedLogException(
          new Damage(stored.sequence(), stored.position(), damaged.problem()));
    }
  }

  private void checkHash(StoredEvent stored) {
    byte[] previous = hash;
    if (previous != null
        && !Arrays.equals(stored.hash(), chain.next(previous, originMicros, stored))) {
      throw new DamagedLogException(
          new Damage(
              stored.sequence(), stored.position(), "the event is not the one that was appended"));
    }
    hash = stored.hash();
  }

  private boolean evaluate(LogEvent event) {
    positions.seen(event.sequence(), event.position());
    VsmmuState before = state;
    if (expression.readsState()) {
      state = Vsmmu.evolve(before, event.event());
    }
    Moment moment = new Moment(before, state, event, positions, this::look);
    boolean holds = expression.holds(moment);
    boolean begins = holds && (expression.isOccurrence() || !held);
    held = holds;
    return event.sequence() < part.first() || collector.take(event, moment, holds, begins);
  }

  private void look() {
    if (stopped.getAsBoolean()) {
      throw new CancellationException("The search was ended");
    }
  }

  private static DamagedLogException missing(long sequence) {
    return new DamagedLogException(Damage.missing(sequence));
  }

  /** The positions of the events that were read, and of others as the log has them. */
  private static final class SeenPositions implements LongFunction<@Nullable Long> {

    private final long first;
    private final long[] seen = new long[FindLimits.LARGEST_PART + FindLimits.FIRST_PART];
    private final LongFunction<@Nullable Long> others;

    SeenPositions(long first, LongFunction<@Nullable Long> others) {
      this.first = first;
      this.others = others;
    }

    void seen(long sequence, long position) {
      if (sequence - first < seen.length) {
        seen[(int) (sequence - first)] = position;
      }
    }

    @Override
    public @Nullable Long apply(long sequence) {
      long index = sequence - first;
      return index >= 0 && index < seen.length && seen[(int) index] != 0
          ? (Long) seen[(int) index]
          : others.apply(sequence);
    }
  }
}
