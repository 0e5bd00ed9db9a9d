package io.vsmmu.debugger.trace;

import io.vsmmu.db.log.EventLog;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.db.log.StoredEvent;
import io.vsmmu.projections.travel.LogEvent;
import io.vsmmu.projections.travel.TimeTravel;
import java.io.OutputStream;
import java.util.List;

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
   * Writes a part of a vSMMU's log.
   *
   * @param first sequence of the first event
   * @param last sequence of the last event; below {@code first} for an empty trace
   * @param out not closed here
   */
  public void write(RegisteredVsmmu vsmmu, long first, long last, OutputStream out) {
    List<StoredEvent> beginning = last < first ? List.of() : log.readPage(vsmmu.id(), first, 1);
    long time = beginning.isEmpty() ? vsmmu.originMicros() : beginning.getFirst().timeMicros();
    LogTrace trace =
        new LogTrace(out, vsmmu.id(), vsmmu.name(), states.before(vsmmu.id(), first), time);
    if (!beginning.isEmpty()) {
      log.read(vsmmu.id(), first, last, event -> trace.add(new LogEvent(event)));
    }
    trace.finish();
  }
}
