package io.vsmmu.projections.travel;

import io.vsmmu.db.log.EventLog;
import io.vsmmu.db.log.Micros;
import io.vsmmu.db.log.Snapshots;
import io.vsmmu.db.log.Snapshots.StoredSnapshot;
import io.vsmmu.db.log.StoredEvent;
import io.vsmmu.smmu.model.Vsmmu;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.wire.EventKind;
import io.vsmmu.smmu.wire.MalformedEventException;
import io.vsmmu.smmu.wire.SnapshotCodec;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Computes the state of a vSMMU at any point of its log, from the nearest snapshot and the events
 * after it. That is at most {@link #SNAPSHOT_INTERVAL} events for every part of the log that the
 * projector has passed, and at most {@link #KEEP_INTERVAL} near a state that was computed recently.
 * Methods throw {@link org.axonframework.eventsourcing.eventstore.EventStoreException} if the
 * database cannot be read. Thread-safe.
 */
public final class TimeTravel {

  /** Number of events of a vSMMU between two snapshots. */
  public static final int SNAPSHOT_INTERVAL = 1024;

  /**
   * Number of events between two intermediate states that a fold leaves in the cache, which make
   * stepping back through the log cheap.
   */
  public static final int KEEP_INTERVAL = 32;

  /** Number of cached states, over all vSMMUs. */
  public static final int CACHED_STATES = 256;

  private final EventLog log;
  private final Snapshots snapshots;
  private final RecentStates recent = new RecentStates(CACHED_STATES);

  public TimeTravel(EventLog log, Snapshots snapshots) {
    this.log = log;
    this.snapshots = snapshots;
  }

  /** The state of a vSMMU at a point of its log. */
  public StateLookup at(int vsmmu, LogPoint when) {
    OptionalLong last = log.lastSequence(vsmmu);
    if (last.isEmpty()) {
      return new StateLookup.NoEvents(vsmmu);
    }
    if (beyond(when)) {
      return new StateLookup.BeyondHead(when, log.headPosition());
    }
    OptionalLong sequence = sequence(vsmmu, when, last.getAsLong());
    if (sequence.isEmpty()) {
      long first = log.firstSequence(vsmmu).orElse(0);
      return new StateLookup.BeforeFirst(when, log.positionOf(vsmmu, first).orElse(0));
    }
    return new StateLookup.Found(after(vsmmu, sequence.getAsLong()));
  }

  /**
   * The state before the event with this sequence, {@link VsmmuState#ABSENT} before the first one
   * of the log.
   *
   * @throws DamagedEventException if an event before it is missing or cannot be decoded
   */
  public VsmmuState before(int vsmmu, long sequence) {
    if (sequence == 0) {
      return VsmmuState.ABSENT;
    }
    try {
      return after(vsmmu, sequence - 1).state();
    } catch (DamagedEventException missing) {
      if (sequence <= beginning(vsmmu)) {
        return VsmmuState.ABSENT;
      }
      throw missing;
    }
  }

  /**
   * Sequence of the event with which the log of a vSMMU begins: 0, unless the log is a part of
   * another one ({@link io.vsmmu.smmu.event.PartImported}).
   */
  public long beginning(int vsmmu) {
    return importedPart(vsmmu).map(StoredEvent::sequence).orElse(0L);
  }

  /**
   * The {@link io.vsmmu.smmu.event.PartImported} with which the log of a vSMMU begins; empty if the
   * log is no part of another one.
   */
  public Optional<StoredEvent> importedPart(int vsmmu) {
    return log.readPage(vsmmu, 0, 1).stream()
        .filter(event -> event.type() == EventKind.PART_IMPORTED.number())
        .findFirst();
  }

  /** Position of the event with this sequence of a vSMMU, null if there is none. */
  public @Nullable Long positionOf(int vsmmu, long sequence) {
    OptionalLong position = log.positionOf(vsmmu, sequence);
    return position.isPresent() ? (Long) position.getAsLong() : null;
  }

  /**
   * A function from sequences of a vSMMU to positions that looks up each one only once; for showing
   * a single state. Not thread-safe.
   */
  public LongFunction<@Nullable Long> positions(int vsmmu) {
    Map<Long, Optional<Long>> known = new HashMap<>();
    return sequence ->
        known
            .computeIfAbsent(sequence, s -> Optional.ofNullable(positionOf(vsmmu, s)))
            .orElse(null);
  }

  private StateAtEvent after(int vsmmu, long sequence) {
    Optional<StateAtEvent> near = recent.latest(vsmmu, sequence - SNAPSHOT_INTERVAL, sequence);
    if (near.isPresent() && near.get().sequence() == sequence) {
      return near.get();
    }
    StateFold fold = near.map(StateFold::new).orElseGet(() -> fromSnapshot(vsmmu, sequence));
    log.read(vsmmu, fold.next(), sequence, fold::step);
    StateAtEvent moment = fold.moment();
    recent.put(moment);
    return moment;
  }

  private StateFold fromSnapshot(int vsmmu, long sequence) {
    return snapshots
        .latestAtOrBefore(vsmmu, sequence)
        .flatMap(snapshot -> restored(vsmmu, snapshot))
        .orElseGet(StateFold::new);
  }

  private Optional<StateFold> restored(int vsmmu, StoredSnapshot snapshot) {
    return decoded(snapshot)
        .flatMap(
            state ->
                log.readPage(vsmmu, snapshot.sequence(), 1).stream()
                    .findFirst()
                    .map(last -> new StateFold(moment(last, state))));
  }

  /**
   * Decodes a snapshot. One that cannot be decoded is ignored, since the events hold the same
   * state.
   */
  private static Optional<VsmmuState> decoded(StoredSnapshot snapshot) {
    if (snapshot.type() != SnapshotCodec.TYPE) {
      return Optional.empty();
    }
    try {
      return SnapshotCodec.decode(snapshot.payload())
          .filter(state -> state.events() == snapshot.sequence() + 1);
    } catch (MalformedEventException damaged) {
      return Optional.empty();
    }
  }

  private boolean beyond(LogPoint when) {
    return switch (when) {
      case LogPoint.AtPosition at -> at.position() > log.headPosition();
      case LogPoint.Head _, LogPoint.AtInstant _ -> false;
    };
  }

  private OptionalLong sequence(int vsmmu, LogPoint when, long last) {
    return switch (when) {
      case LogPoint.Head _ -> OptionalLong.of(last);
      case LogPoint.AtPosition at -> log.sequenceAtPosition(vsmmu, at.position());
      case LogPoint.AtInstant at -> log.sequenceAtTime(vsmmu, at.instant());
    };
  }

  private static StateAtEvent moment(StoredEvent event, VsmmuState state) {
    return new StateAtEvent(
        event.vsmmuId(),
        event.position(),
        event.sequence(),
        Micros.toInstant(event.timeMicros()),
        state);
  }

  /** A fold in progress: the state after the events applied so far. */
  private final class StateFold {
    private VsmmuState state;
    private @Nullable StateAtEvent moment;

    /** Begins with the first event of a log. */
    StateFold() {
      this.state = VsmmuState.ABSENT;
    }

    StateFold(StateAtEvent from) {
      this.state = from.state();
      this.moment = from;
    }

    long next() {
      return state.events();
    }

    void step(StoredEvent event) {
      boolean begins = event.type() == EventKind.PART_IMPORTED.number() && moment == null;
      if (event.sequence() != state.events() && !begins) {
        throw DamagedEventException.missing(state.events(), lastPosition());
      }
      try {
        state = Vsmmu.evolve(state, new LogEvent(event).event());
      } catch (DamagedEventException damaged) {
        throw damaged.readableTo(lastPosition());
      }
      moment = TimeTravel.moment(event, state);
      if ((event.sequence() + 1) % KEEP_INTERVAL == 0) {
        recent.put(moment);
      }
    }

    StateAtEvent moment() {
      StateAtEvent reached = moment;
      if (reached == null || state.events() != reached.sequence() + 1) {
        throw DamagedEventException.missing(state.events(), lastPosition());
      }
      return reached;
    }

    private long lastPosition() {
      StateAtEvent last = moment;
      return last == null ? 0 : last.position();
    }
  }
}
