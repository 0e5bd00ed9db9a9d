package io.vsmmu.db.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vsmmu.db.EventDatabase;
import io.vsmmu.db.TestLimits;
import io.vsmmu.db.embedded.ServerCondition.Kind;
import io.vsmmu.db.log.AppendDurability;
import io.vsmmu.db.log.EventLogLimits;
import io.vsmmu.db.log.NewEvent;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.db.write.JournalSettings;
import io.vsmmu.scripted.guest.Await;
import io.vsmmu.testing.SmallDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.axonframework.eventsourcing.eventstore.EventStoreException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@Tag("slow")
@Execution(ExecutionMode.CONCURRENT)
class SupervisorTest {

  private static final Duration LONG = Duration.ofSeconds(60);
  private static final Duration PAUSE = Duration.ofMillis(20);

  /** Each attempt takes one second. */
  private static final Duration SEVERAL_SILENCES = Duration.ofSeconds(3);

  @TempDir Path parent;

  private SmallDisk disk(String size) throws IOException {
    Optional<SmallDisk> mounted = SmallDisk.mounted(parent.resolve("disk"), size);
    assumeTrue(mounted.isPresent(), SmallDisk.NEEDS);
    return mounted.orElseThrow();
  }

  @Test
  void a_killed_server_is_started_again_and_writer_and_readers_go_on() throws Exception {
    try (EmbeddedDatabase server = EmbeddedDatabase.start(data());
        EventDatabase database = open(server)) {
      RegisteredVsmmu vsmmu = register(database);
      append(database, vsmmu, 0);
      ProcessHandle first = postmaster();

      first.destroyForcibly();
      first.onExit().join();
      append(database, vsmmu, 1);

      await("a server", () -> server.condition().kind() == Kind.RUNNING);
      assertThat(postmaster()).isNotEqualTo(first);
      assertLast(database, vsmmu, 1);
    }
  }

  @Test
  void a_killed_backend_costs_a_restart_within_the_server_and_nothing_else() throws Exception {
    try (EmbeddedDatabase server = EmbeddedDatabase.start(data());
        EventDatabase database = open(server)) {
      RegisteredVsmmu vsmmu = register(database);
      append(database, vsmmu, 0);
      long first = postmaster().pid();

      ProcessHandle.of(backendOf("vsmmu-writer", server)).orElseThrow().destroyForcibly();
      append(database, vsmmu, 1);

      assertThat(postmaster().pid()).isEqualTo(first);
      assertLast(database, vsmmu, 1);
    }
  }

  @Test
  void a_server_that_stopped_moving_is_ended_and_started_again() throws Exception {
    EmbeddedLimits limits = TestLimits.unresponsive(Duration.ofSeconds(1));
    try (EmbeddedDatabase server = EmbeddedDatabase.start(data(), limits);
        EventDatabase database = open(server)) {
      RegisteredVsmmu vsmmu = register(database);
      append(database, vsmmu, 0);
      ProcessHandle first = postmaster();

      signal("-STOP", first.pid());
      await("its end", () -> !first.isAlive());
      await("a server", () -> server.condition().kind() == Kind.RUNNING);

      append(database, vsmmu, 1);
      assertLast(database, vsmmu, 1);
    }
  }

  @Test
  void a_backend_that_stopped_moving_holds_the_log_no_longer_than_the_silence_that_is_borne()
      throws Exception {
    EmbeddedLimits limits = TestLimits.unresponsive(Duration.ofSeconds(1));
    try (EmbeddedDatabase server = EmbeddedDatabase.start(data(), limits);
        EventDatabase database = open(server)) {
      RegisteredVsmmu vsmmu = register(database);
      append(database, vsmmu, 0);

      signal("-STOP", backendOf("vsmmu-writer", server));
      append(database, vsmmu, 1);

      assertLast(database, vsmmu, 1);
    }
  }

  @Test
  void a_stranger_that_stands_in_the_data_directory_is_no_server_whether_it_moves_or_not()
      throws Exception {
    EmbeddedLimits limits = TestLimits.unresponsive(Duration.ofSeconds(1));
    Process stranger;
    try (EmbeddedDatabase server = EmbeddedDatabase.start(data(), limits);
        EventDatabase database = open(server)) {
      RegisteredVsmmu vsmmu = register(database);
      ProcessHandle first = postmaster();
      stranger = new ProcessBuilder("sleep", "600").directory(data().toFile()).start();
      signal("-STOP", stranger.pid());

      Thread.sleep(SEVERAL_SILENCES);
      assertThat(first.isAlive()).as("the server beside a stopped stranger").isTrue();

      first.destroyForcibly();
      first.onExit().join();
      append(database, vsmmu, 0);
      await("a server", () -> server.condition().kind() == Kind.RUNNING);
      assertThat(stranger.isAlive()).as("the stranger after a restart").isTrue();
    }
    try {
      EmbeddedDatabase.start(data()).close();
      assertThat(stranger.isAlive()).as("the stranger after an end and a start").isTrue();
    } finally {
      stranger.destroyForcibly().waitFor();
    }
  }

  @Test
  void virtual_threads_that_take_all_processors_do_not_make_the_server_seem_silent()
      throws Exception {
    EmbeddedLimits limits = TestLimits.unresponsive(Duration.ofSeconds(1));
    try (EmbeddedDatabase server = EmbeddedDatabase.start(data(), limits)) {
      ProcessHandle first = postmaster();
      AtomicBoolean enough = new AtomicBoolean();
      List<Thread> busy =
          IntStream.range(0, 2 * Runtime.getRuntime().availableProcessors())
              .mapToObj(i -> Thread.ofVirtual().start(() -> spin(enough)))
              .toList();
      try {
        Thread.sleep(SEVERAL_SILENCES);
      } finally {
        enough.set(true);
      }
      for (Thread thread : busy) {
        thread.join();
      }

      assertThat(first.isAlive()).isTrue();
      assertThat(server.condition().kind()).isEqualTo(Kind.RUNNING);
    }
  }

  private static void spin(AtomicBoolean enough) {
    while (!enough.get()) {
      Thread.onSpinWait();
    }
  }

  @Test
  void a_server_that_ends_too_often_is_given_up() throws Exception {
    EmbeddedLimits limits =
        TestLimits.restarts(2, Duration.ofMillis(10), EmbeddedLimits.DEFAULTS.reservedBytes());
    try (EmbeddedDatabase server = EmbeddedDatabase.start(data(), limits);
        EventDatabase database = open(server)) {
      // With this setting the server does not start.
      Files.delete(data().resolve("global/pg_control"));
      postmaster().destroyForcibly();

      String reason = server.givenUp().get(LONG.toSeconds(), TimeUnit.SECONDS);

      assertThat(reason).contains("2 restarts", "control");
      assertThat(server.condition().kind()).isEqualTo(Kind.GIVEN_UP);
      assertThat(server.availability().unavailable()).contains(reason);
      assertThatThrownBy(() -> database.pool().getConnection())
          .isInstanceOf(SQLException.class)
          .hasMessage(reason);
    }
  }

  @Test
  void without_disk_space_the_journal_keeps_appends_and_reads_give_what_the_database_has()
      throws Exception {
    try (SmallDisk disk = disk("260m")) {
      Path data = disk.path().resolve("postgres");
      try (EmbeddedDatabase server = EmbeddedDatabase.start(data);
          EventDatabase database = open(server)) {
        RegisteredVsmmu vsmmu = register(database);
        append(database, vsmmu, 0);

        disk.fill();
        await("that it is seen", () -> server.availability().outOfSpace().isPresent());

        assertThat(server.availability().outOfSpace().orElseThrow())
            .contains("no space left on device", data.toString());
        append(database, vsmmu, 1);
        await("that it is said", () -> database.writer().problem().isPresent());
        assertThat(database.writer().problem().orElseThrow()).contains(data.toString());
        assertThat(database.writer().lag().events()).isEqualTo(1);
        assertThat(database.log().lastSequence(vsmmu.id())).hasValue(1);
        assertThat(database.shippedLog().lastSequence(vsmmu.id())).hasValue(0);

        disk.empty();
        await("that it is seen", () -> server.availability().outOfSpace().isEmpty());
        database.writer().awaitShipped(2);
        assertLast(database, vsmmu, 1);
      }
    }
  }

  @Test
  void a_server_that_ended_for_lack_of_disk_space_is_started_again_when_there_is_some()
      throws Exception {
    EmbeddedLimits unguarded = TestLimits.restarts(1, Duration.ofMillis(200), 1 << 20);
    try (SmallDisk disk = disk("260m")) {
      Path data = disk.path().resolve("postgres");
      try (EmbeddedDatabase server = EmbeddedDatabase.start(data, unguarded);
          EventDatabase database = open(server)) {
        RegisteredVsmmu vsmmu = register(database);
        append(database, vsmmu, 0);
        long first = pid(data);

        disk.fill();
        // The next write to a new WAL file makes PostgreSQL end.
        exhaust(server);
        await("its end", () -> server.condition().kind() == Kind.NO_SPACE);
        assertThat(server.condition().reason())
            .contains("no space left on device", data.toString());

        disk.empty();
        await("a server", () -> server.condition().kind() == Kind.RUNNING);
        assertThat(pid(data)).isNotEqualTo(first);
        append(database, vsmmu, 1);
        assertLast(database, vsmmu, 1);
        assertThat(server.givenUp()).isNotDone();
      }
    }
  }

  /** Switches to new WAL files until the server has no space for one and ends. */
  private static void exhaust(EmbeddedDatabase server) {
    for (int i = 0; i < 100 && server.condition().kind() == Kind.RUNNING; i++) {
      try (Connection connection = server.dataSource().getConnection();
          Statement statement = connection.createStatement()) {
        statement.execute("SELECT pg_logical_emit_message(false, 'x', repeat('x', 1000000))");
        statement.execute("SELECT pg_switch_wal()");
      } catch (SQLException expected) {
        assertThat(expected.getMessage()).isNotNull();
      }
    }
  }

  private Path data() {
    return parent.resolve("data");
  }

  private EventDatabase open(EmbeddedDatabase server) {
    JournalSettings journal = JournalSettings.in(parent.resolve("journal"));
    return EventDatabase.open(
        server.jdbcUrl(), journal, EventLogLimits.DEFAULTS, server.availability());
  }

  private static RegisteredVsmmu register(EventDatabase database) {
    return database.registry().register("v0", UUID.randomUUID(), 0);
  }

  private static void append(EventDatabase database, RegisteredVsmmu vsmmu, long sequence) {
    NewEvent event = new NewEvent(sequence, sequence, 1, null, null, new byte[100]);
    database.writer().append(vsmmu.id(), List.of(event), AppendDurability.SYNCED);
  }

  /** Reads again after a first failure, because the pool may still hold a broken connection. */
  private static void assertLast(EventDatabase database, RegisteredVsmmu vsmmu, long sequence) {
    await(
        "readers",
        () -> {
          try {
            return database.log().lastSequence(vsmmu.id()).orElse(-1) == sequence;
          } catch (EventStoreException away) {
            return false;
          }
        });
  }

  private ProcessHandle postmaster() throws IOException {
    return ProcessHandle.of(pid(data())).orElseThrow();
  }

  private static long pid(Path data) throws IOException {
    return Long.parseLong(Files.readAllLines(data.resolve("postmaster.pid")).getFirst().strip());
  }

  private static long backendOf(String application, EmbeddedDatabase server) throws SQLException {
    try (Connection connection = server.dataSource().getConnection();
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT pid FROM pg_stat_activity WHERE application_name = '"
                    + application
                    + "'")) {
      assertThat(row.next()).isTrue();
      return row.getLong(1);
    }
  }

  private static void signal(String signal, long pid) throws Exception {
    assertThat(new ProcessBuilder("kill", signal, Long.toString(pid)).start().waitFor()).isZero();
  }

  private static void await(String what, BooleanSupplier condition) {
    assertThat(Await.within(LONG, PAUSE, condition)).as(what).isTrue();
  }
}
