package io.vsmmu.debugger.trace;

import io.vsmmu.db.log.EventLog;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.db.log.StoredEvent;
import io.vsmmu.projections.travel.DamagedEventException;
import io.vsmmu.projections.travel.LogEvent;
import io.vsmmu.projections.travel.TimeTravel;
import java.io.OutputStream;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Writes logs as traces (see {@link LogTrace}), in bounded memory. Methods throw {@link
 * org.axonframework.eventsourcing.eventstore.EventStoreException} if the database cannot be read.
 * Thread-safe.
 */
public final class TraceExport {

  private final EventLog log;
  private final TimeTravel states;

  public TraceExport(EventLog log, TimeTravel states) {
    this.log = log;
    this.states = states;
  }

  /**
   * Writes a part of a vSMMU's log, up to an event that is missing or cannot be decoded.
   *
   * @param from sequence of the first event; one before the beginning of the log stands for that
   * @param last sequence of the last event; below {@code from} for an empty trace
   * @param out not closed here
   */
  public void write(RegisteredVsmmu vsmmu, long from, long last, OutputStream out) {
    long first = Math.max(from, states.beginning(vsmmu.id()));
    List<StoredEvent> beginning = last < first ? List.of() : log.readPage(vsmmu.id(), first, 1);
    long time = beginning.isEmpty() ? vsmmu.originMicros() : beginning.getFirst().timeMicros();
    LogTrace trace =
        new LogTrace(
            out,
            vsmmu.id(),
            vsmmu.name(),
            states.before(vsmmu.id(), first),
            time,
            sequence -> position(vsmmu, sequence));
    if (!beginning.isEmpty()) {
      log.readWhile(vsmmu.id(), first, last, new Continuation(trace, first)::add);
    }
    trace.finish();
  }

  private @Nullable Long position(RegisteredVsmmu vsmmu, long sequence) {
    OptionalLong position = log.positionOf(vsmmu.id(), sequence);
    return position.isPresent() ? (Long) position.getAsLong() : null;
  }

  /** Adds event after event to a trace, as long as they are there. */
  private static final class Continuation {
    private final LogTrace trace;
    private long next;

    Continuation(LogTrace trace, long first) {
      this.trace = trace;
      this.next = first;
    }

    boolean add(StoredEvent stored) {
      if (stored.sequence() != next) {
        trace.damaged(next, "the log does not contain the event with this sequence");
        return false;
      }
      next++;
      try {
        trace.add(new LogEvent(stored));
        return true;
      } catch (DamagedEventException damaged) {
        trace.damaged(stored.sequence(), damaged.problem());
        return false;
      }
    }
  }
}
