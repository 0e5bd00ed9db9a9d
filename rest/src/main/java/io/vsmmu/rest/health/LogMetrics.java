package io.vsmmu.rest.health;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.vsmmu.db.EventDatabase;
import io.vsmmu.db.write.LogWriter;
import io.vsmmu.projections.model.Projector;
import org.springframework.stereotype.Component;

/** Positions of the log and counts of its writer. Reading them makes no query. */
@Component
class LogMetrics implements MeterBinder {

  private final EventDatabase database;
  private final Projector projector;

  LogMetrics(EventDatabase database, Projector projector) {
    this.database = database;
    this.projector = projector;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    Gauge.builder("vsmmu.projector.position", projector, p -> (double) p.position())
        .description("Position of the last event in the read models")
        .register(registry);
    LogWriter writer = database.writer();
    FunctionCounter.builder("vsmmu.log.events", writer, w -> (double) w.counters().events())
        .description("Events acknowledged since the start")
        .register(registry);
    FunctionCounter.builder("vsmmu.log.appends", writer, w -> (double) w.counters().appends())
        .description("Appends acknowledged since the start")
        .register(registry);
    FunctionCounter.builder(
            "vsmmu.log.journal.bytes", writer, w -> (double) w.counters().journalBytes())
        .description("Bytes of the journal that they took")
        .register(registry);
    FunctionCounter.builder("vsmmu.log.statements", writer, w -> (double) w.counters().statements())
        .description("Transactions that wrote them to the database")
        .register(registry);
    FunctionCounter.builder("vsmmu.log.refused", writer, w -> (double) w.counters().refused())
        .description("Appends refused because of a conflict")
        .register(registry);
    Gauge.builder("vsmmu.log.lag.events", writer, w -> (double) w.lag().events())
        .description("Acknowledged events that the database lacks")
        .register(registry);
    Gauge.builder("vsmmu.log.lag.bytes", writer, w -> (double) w.lag().bytes())
        .description("Bytes of the journal that they occupy")
        .register(registry);
    Gauge.builder("vsmmu.log.lag.seconds", writer, w -> w.lag().time().toNanos() / 1e9)
        .description("Time since when the database lacks the oldest of them")
        .register(registry);
    FunctionCounter.builder("vsmmu.log.reconnects", writer, w -> (double) w.counters().reconnects())
        .description("Connections that the writer lost and found again")
        .register(registry);
  }
}
