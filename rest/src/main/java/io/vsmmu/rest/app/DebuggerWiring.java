package io.vsmmu.rest.app;

import io.vsmmu.control.job.Jobs;
import io.vsmmu.db.EventDatabase;
import io.vsmmu.debugger.cause.AddressHistory;
import io.vsmmu.debugger.cause.CausalChains;
import io.vsmmu.debugger.cause.ValueOrigin;
import io.vsmmu.debugger.find.Finder;
import io.vsmmu.debugger.find.PartReaders;
import io.vsmmu.debugger.find.StreamIdNotes;
import io.vsmmu.debugger.step.Steps;
import io.vsmmu.debugger.timeline.StreamLives;
import io.vsmmu.debugger.timeline.TimelineQueries;
import io.vsmmu.projections.model.Projector;
import io.vsmmu.projections.query.EventQueries;
import io.vsmmu.projections.query.StreamQueries;
import io.vsmmu.projections.travel.TimeTravel;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What answers questions to the past, and the jobs that do. */
@Configuration(proxyBeanMethods = false)
class DebuggerWiring {

  @Bean(destroyMethod = "close")
  Jobs jobs() {
    return new Jobs();
  }

  @Bean(destroyMethod = "close")
  PartReaders partReaders() {
    return new PartReaders();
  }

  @Bean
  Finder finder(EventDatabase database, TimeTravel states, PartReaders readers) {
    return new Finder(database.log(), states, database.snapshots(), database.registry(), readers);
  }

  @Bean
  StreamIdNotes streamIdNotes(EventQueries events, StreamQueries streams, TimeTravel states) {
    return new StreamIdNotes(events, streams, states);
  }

  /** Reads the projector's tables: it is a parameter so that it is made first. */
  @Bean
  TimelineQueries timelineQueries(EventDatabase database, TimeTravel states, Projector writer) {
    return new TimelineQueries(database.pool(), database.log(), states);
  }

  /** Reads the projector's tables, as {@link #timelineQueries}. */
  @Bean
  StreamLives streamLives(EventDatabase database, Projector writer) {
    return new StreamLives(database.pool(), database.log());
  }

  @Bean
  CausalChains causalChains(EventDatabase database, TimeTravel states, EventQueries events) {
    return new CausalChains(database.log(), states, events);
  }

  @Bean
  AddressHistory addressHistory(TimeTravel states, EventQueries events) {
    return new AddressHistory(states, events);
  }

  @Bean
  ValueOrigin valueOrigin(
      EventDatabase database, TimeTravel states, EventQueries events, PartReaders readers) {
    return new ValueOrigin(database.log(), states, database.snapshots(), events, readers);
  }

  @Bean
  Steps steps(EventQueries events, TimeTravel states) {
    return new Steps(events, states);
  }
}
