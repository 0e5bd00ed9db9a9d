package io.vsmmu.control.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.vsmmu.control.request.RequestRefusedException;
import io.vsmmu.control.request.RequestRefusedException.Kind;
import io.vsmmu.control.vm.Vms;
import io.vsmmu.db.log.EventLog;
import io.vsmmu.db.log.EventLogLimits;
import io.vsmmu.db.log.HeadSignal;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.db.log.Snapshots;
import io.vsmmu.db.log.Tail;
import io.vsmmu.host.simulated.SimulatedHost;
import io.vsmmu.posix.PosixLimits;
import io.vsmmu.projections.model.Projector;
import io.vsmmu.projections.model.Tables;
import io.vsmmu.projections.query.SummaryQueries;
import io.vsmmu.projections.travel.TimeTravel;
import io.vsmmu.smmu.spec.VsmmuProperties;
import io.vsmmu.smmu.stimulus.Durability;
import io.vsmmu.testing.TestPostgres;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What many idle vSMMUs need of the database and of the process. */
@Tag("slow")
@Timeout(60)
class ManyVsmmusTest {

  @TempDir private Path folder;

  /** Connections that were borrowed through {@link #counted}; each has one query. */
  private final AtomicInteger borrowed = new AtomicInteger();

  private DataSource counted(DataSource pool) {
    return (DataSource)
        Proxy.newProxyInstance(
            DataSource.class.getClassLoader(),
            new Class<?>[] {DataSource.class},
            (proxy, method, arguments) -> {
              borrowed.incrementAndGet();
              try {
                return method.invoke(pool, arguments);
              } catch (InvocationTargetException failed) {
                throw failed.getCause();
              }
            });
  }

  /** The names of the vSMMUs that a start finds, whose queries are counted. */
  private List<String> recovered(Service service) {
    DataSource pool = counted(service.database.pool());
    EventLog log = new EventLog(pool, Tail.IGNORED, new HeadSignal(), EventLogLimits.DEFAULTS);
    TimeTravel states = new TimeTravel(log, new Snapshots(pool));
    List<String> names = new ArrayList<>();
    try (LiveVsmmus live =
        new LiveVsmmus(service.database, service.decisionLog, service.host, states)) {
      live.summaries(new SummaryQueries(pool, log)::of);
      borrowed.set(0);
      live.recover((vsmmu, connected) -> names.add(vsmmu.name()));
    }
    return names;
  }

  private static void project(Service service) {
    Tables.migrate(service.database.pool());
    new Projector(
            service.database.pool(),
            service.database.log(),
            service.database.snapshots(),
            service.states)
        .catchUp();
  }

  @Test
  void the_queries_of_a_start_do_not_grow_with_the_number_of_idle_vsmmus() {
    try (Service service = new Service(TestPostgres.newDatabase(), SimulatedHost.standard())) {
      // given five vSMMUs
      IntStream.range(0, 5).forEach(i -> service.create("few-" + i));
      project(service);
      assertThat(recovered(service)).hasSize(5);
      int forFive = borrowed.get();

      // when there are six times as many
      IntStream.range(0, 25).forEach(i -> service.create("many-" + i));
      project(service);

      // then a start finds them with the same number of queries
      assertThat(recovered(service)).hasSize(30);
      assertThat(borrowed).hasValue(forFive);
    }
  }

  @Test
  void a_start_finds_vsmmus_that_the_read_models_do_not_hold_yet_too() {
    try (Service service = new Service(TestPostgres.newDatabase(), SimulatedHost.standard())) {
      // given a vSMMU in the read models, one that was created later, and one deleted since
      service.create("known");
      service.create("gone");
      project(service);
      service.create("new");
      service.administration.delete("gone", "operator");

      // when, then
      assertThat(recovered(service)).containsExactly("known", "new");
    }
  }

  @Test
  void without_an_open_file_left_a_creation_is_refused_with_the_remedy_and_leaves_nothing_behind()
      throws Exception {
    try (Service service = new Service(TestPostgres.newDatabase(), SimulatedHost.standard())) {
      // given a process that may open no more files than are reserved
      AtomicLong limit = new AtomicLong(PosixLimits.RESERVED_DESCRIPTORS);
      try (VmmSockets sockets =
          new VmmSockets(folder, Set.of(), service.live, service.roms, limit::get)) {
        VsmmuAdministration administration =
            new VsmmuAdministration(
                service.database,
                service.vms,
                service.live,
                sockets,
                service.admission,
                Clock.systemUTC());

        // when
        RequestRefusedException refused =
            catchThrowableOfType(
                RequestRefusedException.class, () -> create(administration, "one-too-many"));

        // then
        assertThat(refused.kind()).isEqualTo(Kind.EXHAUSTED);
        assertThat(refused.getMessage()).contains("EMFILE", "LimitNOFILE");
        assertThat(service.database.registry().list(0, 10, true)).isEmpty();
        assertThat(service.database.log().headPosition()).isZero();
        try (Stream<Path> files = Files.list(folder)) {
          assertThat(files).isEmpty();
        }

        // and with room the name is free
        limit.set(Long.MAX_VALUE);
        assertThat(sockets.path(create(administration, "one-too-many"))).isPresent();
      }
    }
  }

  private static RegisteredVsmmu create(VsmmuAdministration administration, String name) {
    return administration.create(
        name, Vms.OWN, VsmmuProperties.ALL_AUTO, Durability.COMMITTED, "operator");
  }
}
