package io.vsmmu.debugger.cause;

import io.vsmmu.db.log.EventLog;
import io.vsmmu.db.log.StoredEvent;
import io.vsmmu.debugger.Progress;
import io.vsmmu.debugger.expression.StatePath;
import io.vsmmu.projections.query.EventQueries;
import io.vsmmu.projections.travel.StateAtEvent;
import io.vsmmu.projections.travel.TimeTravel;
import io.vsmmu.smmu.model.Vsmmu;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.wire.EventCodec;
import io.vsmmu.smmu.wire.MalformedEventException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Finds the event that set a value last. It folds the log backwards, one interval between two
 * snapshots at a time, because a value that is the same at both ends may have changed in between.
 * Where the state itself says how long something has been as it is ({@link StreamConstancy}), the
 * intervals in between are passed over. Thread-safe.
 */
public final class ValueOrigin {

  private final EventLog log;
  private final TimeTravel travel;
  private final StreamConstancy constancy;

  public ValueOrigin(EventLog log, TimeTravel travel, EventQueries events) {
    this.log = log;
    this.travel = travel;
    this.constancy = new StreamConstancy(log, events);
  }

  /**
   * The last change of a value at or before a state. A search that meets an event that is missing
   * or cannot be decoded ends there.
   *
   * @param moment the state; its event may be the one that is looked for
   * @param progress receives the number of events that need not be looked at any more; its total is
   *     the greatest number that there can be
   * @throws MalformedEventException if an event near the state itself cannot be decoded
   */
  public ValueChange lastChange(StatePath path, StateAtEvent moment, Progress progress) {
    int vsmmu = moment.vsmmu();
    Optional<StatePart> part = StatePart.of(path.text());
    LongFunction<@Nullable Long> positions = travel.positions(vsmmu);
    long at = moment.sequence();
    VsmmuState state = moment.state();
    progress.total(at + 1);
    while (true) {
      progress.stopIfCancelled();
      long candidate = constancy.since(path, vsmmu, state, at);
      long first = candidate - candidate % TimeTravel.SNAPSHOT_INTERVAL;
      Segment segment;
      try {
        segment = new Segment(part, path, travel.before(vsmmu, first));
        log.read(vsmmu, first, candidate, segment::step);
      } catch (MalformedEventException | IllegalStateException damaged) {
        if (at == moment.sequence()) {
          throw damaged;
        }
        Object value = path.shown(moment.state(), positions);
        return new ValueChange(value, value, OptionalLong.empty(), OptionalLong.of(at + 1));
      }
      if (segment.changed.isPresent() || first == 0) {
        return new ValueChange(
            path.shown(moment.state(), positions),
            path.shown(segment.before, positions),
            segment.changed,
            OptionalLong.empty());
      }
      progress.advance(at + 1 - first);
      at = first - 1;
      state = segment.start;
    }
  }

  /** A fold over the events of one interval that remembers the last change of the value. */
  private static final class Segment {
    private final Optional<StatePart> part;
    private final StatePath path;
    private final VsmmuState start;
    private VsmmuState state;
    private VsmmuState before;
    private OptionalLong changed = OptionalLong.empty();

    Segment(Optional<StatePart> part, StatePath path, VsmmuState start) {
      this.part = part;
      this.path = path;
      this.start = start;
      this.state = start;
      this.before = start;
    }

    void step(StoredEvent stored) {
      if (stored.sequence() != state.events()) {
        throw new IllegalStateException(
            "The log does not contain the event with sequence " + state.events());
      }
      VsmmuState after = Vsmmu.evolve(state, EventCodec.decode(stored.type(), stored.payload()));
      boolean untouched = part.isPresent() && part.get().same(state, after);
      if (!untouched && !path.isSame(state, after)) {
        before = state;
        changed = OptionalLong.of(stored.sequence());
      }
      state = after;
    }
  }
}
