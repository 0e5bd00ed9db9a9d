package io.vsmmu.debugger.cause;

import io.vsmmu.db.log.EventLog;
import io.vsmmu.db.log.Snapshots;
import io.vsmmu.db.log.Snapshots.StoredSnapshot;
import io.vsmmu.db.log.StoredEvent;
import io.vsmmu.debugger.Progress;
import io.vsmmu.debugger.expression.StatePath;
import io.vsmmu.debugger.find.FindLimits;
import io.vsmmu.debugger.find.PartReaders;
import io.vsmmu.projections.query.EventQueries;
import io.vsmmu.projections.travel.DamagedEventException;
import io.vsmmu.projections.travel.LogEvent;
import io.vsmmu.projections.travel.StateAtEvent;
import io.vsmmu.projections.travel.TimeTravel;
import io.vsmmu.smmu.event.PartImported;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.model.Vsmmu;
import io.vsmmu.smmu.model.VsmmuState;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Finds the event that set a value last. It folds the log backwards from the state, because a value
 * that is the same at two places may have changed in between: the interval up to the state on the
 * caller's thread, and what lies before it in parts of growing length, which several threads read.
 * Where the state itself says how long something has been as it is ({@link StreamConstancy}), the
 * intervals in between are passed over. Thread-safe.
 */
public final class ValueOrigin {

  private final EventLog log;
  private final TimeTravel travel;
  private final Snapshots snapshots;
  private final StreamConstancy constancy;
  private final PartReaders readers;

  /**
   * @param readers reads parts of logs; the caller closes it
   */
  public ValueOrigin(
      EventLog log,
      TimeTravel travel,
      Snapshots snapshots,
      EventQueries events,
      PartReaders readers) {
    this.log = log;
    this.travel = travel;
    this.snapshots = snapshots;
    this.constancy = new StreamConstancy(log, events);
    this.readers = readers;
  }

  /**
   * The last change of a value at or before a state. A search that meets an event that is missing
   * or cannot be decoded ends there.
   *
   * @param moment the state; its event may be the one that is looked for
   * @param progress receives the number of events that need not be looked at any more; its total is
   *     the greatest number that there can be
   * @throws DamagedEventException if an event near the state itself is missing or cannot be decoded
   * @throws CancellationException if the progress says so
   */
  public ValueChange lastChange(StatePath path, StateAtEvent moment, Progress progress) {
    progress.total(moment.sequence() + 1);
    return new Search(path, moment, progress).change();
  }

  /** Events from a sequence on to another one, both inclusive. */
  private record Span(long first, long last) {}

  /** The search for one change. */
  private final class Search {
    private final StatePath path;
    private final StateAtEvent moment;
    private final Progress progress;
    private final int vsmmu;
    private final Optional<StatePart> part;

    /** Sequence of the first event of the log. */
    private final long beginning;

    /** The value has not changed between this event and the state that the search began with. */
    private long at;

    /** The state after that event. */
    private VsmmuState state;

    private @Nullable Segment changed;

    Search(StatePath path, StateAtEvent moment, Progress progress) {
      this.path = path;
      this.moment = moment;
      this.progress = progress;
      this.vsmmu = moment.vsmmu();
      this.part = StatePart.of(path.text());
      this.beginning = travel.beginning(vsmmu);
      this.at = moment.sequence();
      this.state = moment.state();
    }

    ValueChange change() {
      try {
        search();
        return answer(changed, OptionalLong.empty());
      } catch (CancellationException unwanted) {
        throw unwanted;
      } catch (DamagedEventException damaged) {
        if (at == moment.sequence()) {
          throw damaged;
        }
        return answer(null, OptionalLong.of(at + 1));
      }
    }

    private ValueChange answer(@Nullable Segment segment, OptionalLong readableFrom) {
      LongFunction<@Nullable Long> positions = travel.positions(vsmmu);
      VsmmuState before =
          readableFrom.isPresent() || segment == null ? moment.state() : segment.before;
      return new ValueChange(
          path.shown(moment.state(), positions),
          path.shown(before, positions),
          segment == null ? OptionalLong.empty() : OptionalLong.of(segment.changed),
          readableFrom);
    }

    private void search() {
      boolean near = true;
      boolean whole = false;
      while (!whole) {
        progress.stopIfCancelled();
        long candidate = Math.max(beginning, constancy.since(path, vsmmu, state, at));
        if (near || candidate < at) {
          whole = take(fold(new Span(beginOfInterval(candidate), candidate), () -> false));
          near = false;
        } else {
          whole = readBackwards();
        }
      }
    }

    /** The first sequence of the interval between two snapshots. */
    private long beginOfInterval(long sequence) {
      return Math.max(beginning, sequence - sequence % TimeTravel.SNAPSHOT_INTERVAL);
    }

    /** Goes on before a segment in which the value did not change; true if the search is over. */
    private boolean take(Segment segment) {
      if (segment.changed >= 0 || segment.first == beginning) {
        changed = segment.changed >= 0 ? segment : null;
        return true;
      }
      progress.advance(at + 1 - segment.first);
      at = segment.first - 1;
      state = segment.start;
      return false;
    }

    /**
     * Reads the log backwards until the value changed, or the state says since when it has been as
     * it is; true if the search is over. In front of an event that is missing or damaged it reads
     * one interval at a time, so that the answer says as exactly as possible from where on it
     * holds.
     */
    private boolean readBackwards() {
      boolean[] over = new boolean[1];
      try {
        readers.<Span, Segment>inOrder(
            new Spans(beginning, at, lastSnapshot()),
            (span, stopped) -> () -> fold(span, stopped),
            segment -> {
              over[0] = take(segment);
              return !over[0] && constancy.since(path, vsmmu, state, at) == at;
            },
            progress);
        return over[0];
      } catch (CancellationException unwanted) {
        throw unwanted;
      } catch (DamagedEventException damaged) {
        while (!take(fold(new Span(beginOfInterval(at), at), () -> false))) {
          progress.stopIfCancelled();
        }
        return true;
      }
    }

    /** The last sequence that is part of a snapshot; -1 if there is none. */
    private long lastSnapshot() {
      return snapshots.latestAtOrBefore(vsmmu, at).map(StoredSnapshot::sequence).orElse(-1L);
    }

    private Segment fold(Span span, BooleanSupplier stopped) {
      Segment segment =
          new Segment(part, path, span.first(), travel.before(vsmmu, span.first()), stopped);
      log.read(vsmmu, span.first(), span.last(), segment::step);
      return segment;
    }
  }

  /**
   * The spans before a sequence, backwards, each twice as long as the one behind it up to a limit.
   */
  private static final class Spans implements Iterator<Span> {
    private final long beginning;
    private final long snapshot;
    private long last;
    private long length = TimeTravel.SNAPSHOT_INTERVAL;

    /**
     * @param beginning sequence of the first event of the log
     * @param last the last sequence of the first span
     * @param snapshot the last sequence that is part of a snapshot: a span begins where a snapshot
     *     is the state before it
     */
    Spans(long beginning, long last, long snapshot) {
      this.beginning = beginning;
      this.last = last;
      this.snapshot = snapshot;
    }

    @Override
    public boolean hasNext() {
      return last >= beginning;
    }

    @Override
    public Span next() {
      if (last < beginning) {
        throw new NoSuchElementException();
      }
      long wanted = Math.min(last - length + 1, snapshot + 1);
      long interval = Math.max(0, wanted);
      long first = Math.max(beginning, interval - interval % TimeTravel.SNAPSHOT_INTERVAL);
      Span span = new Span(first, last);
      last = first - 1;
      length = Math.min(2 * length, FindLimits.LARGEST_PART);
      return span;
    }
  }

  /** A fold over the events of one span that remembers the last change of the value. */
  private static final class Segment {
    private static final long UNCHANGED = -1;

    private final Optional<StatePart> part;
    private final StatePath path;
    private final long first;
    private final VsmmuState start;
    private final BooleanSupplier stopped;
    private VsmmuState state;

    /** The state before the last change. */
    private VsmmuState before;

    /** Sequence of the event of the last change; {@link #UNCHANGED} for none. */
    private long changed = UNCHANGED;

    Segment(
        Optional<StatePart> part,
        StatePath path,
        long first,
        VsmmuState start,
        BooleanSupplier stopped) {
      this.part = part;
      this.path = path;
      this.first = first;
      this.start = start;
      this.stopped = stopped;
      this.state = start;
      this.before = start;
    }

    void step(StoredEvent stored) {
      VsmmuEvent event = new LogEvent(stored).event();
      boolean begins = event instanceof PartImported;
      if (stored.sequence() != state.events() && !begins) {
        throw DamagedEventException.missing(state.events(), 0);
      }
      VsmmuState after = Vsmmu.evolve(state, event);
      if (begins) {
        // The event that set the value is in the log that this one is a part of.
        before = after;
        state = after;
        return;
      }
      if (stored.sequence() % FindLimits.LOOK == 0 && stopped.getAsBoolean()) {
        throw new CancellationException("The search was ended");
      }
      boolean untouched = part.isPresent() && part.get().same(state, after);
      if (!untouched && !path.isSame(state, after)) {
        before = state;
        changed = stored.sequence();
      }
      state = after;
    }
  }
}
