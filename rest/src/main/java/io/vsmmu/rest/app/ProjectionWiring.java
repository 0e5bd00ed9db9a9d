package io.vsmmu.rest.app;

import io.vsmmu.db.EventDatabase;
import io.vsmmu.debugger.compare.LogComparer;
import io.vsmmu.debugger.timeline.TimelineProjection;
import io.vsmmu.debugger.timeline.TimelineTables;
import io.vsmmu.projections.lint.Checkpoints;
import io.vsmmu.projections.lint.FindingsProjection;
import io.vsmmu.projections.lint.Linter;
import io.vsmmu.projections.model.Projector;
import io.vsmmu.projections.model.Tables;
import io.vsmmu.projections.query.EventQueries;
import io.vsmmu.projections.query.FailureQueries;
import io.vsmmu.projections.query.HostObjectQueries;
import io.vsmmu.projections.query.InvalidationQueries;
import io.vsmmu.projections.query.StreamQueries;
import io.vsmmu.projections.query.SummaryQueries;
import io.vsmmu.projections.travel.TimeTravel;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The read models: the projector that writes them, and the queries of them. */
@Configuration(proxyBeanMethods = false)
class ProjectionWiring {

  @Bean(initMethod = "start", destroyMethod = "close")
  Projector projector(EventDatabase database, TimeTravel states) {
    Tables.migrate(database.pool());
    TimelineTables.migrate(database.pool());
    return new Projector(
        database.pool(),
        database.shippedLog(),
        database.snapshots(),
        states,
        new FindingsProjection(database.shippedLog(), states, new Checkpoints(database.pool())),
        new TimelineProjection(database.shippedLog(), states));
  }

  // The queries need the projector's tables: it is a parameter so that it is made first.

  @Bean
  EventQueries eventQueries(EventDatabase database, Projector writer) {
    return new EventQueries(database.pool(), database.log());
  }

  @Bean
  StreamQueries streamQueries(EventDatabase database, Projector writer) {
    return new StreamQueries(database.pool(), database.log());
  }

  @Bean
  HostObjectQueries hostObjectQueries(EventDatabase database, Projector writer) {
    return new HostObjectQueries(database.pool());
  }

  @Bean
  InvalidationQueries invalidationQueries(EventDatabase database, Projector writer) {
    return new InvalidationQueries(database.pool(), database.log());
  }

  @Bean
  SummaryQueries summaryQueries(EventDatabase database, Projector writer) {
    return new SummaryQueries(database.pool(), database.log());
  }

  @Bean
  FailureQueries failureQueries(EventDatabase database, Projector writer) {
    return new FailureQueries(database.pool());
  }

  @Bean
  LogComparer logComparer(EventDatabase database) {
    return new LogComparer(database.log());
  }

  @Bean
  Linter findings(EventDatabase database, TimeTravel states, Projector writer) {
    return new Linter(database.log(), states, new Checkpoints(database.pool()));
  }
}
