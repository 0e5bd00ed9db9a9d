package io.vsmmu.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vsmmu.db.embedded.EmbeddedDatabase;
import io.vsmmu.db.log.AppendDurability;
import io.vsmmu.db.log.EventLogLimits;
import io.vsmmu.db.log.NewEvent;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.db.write.JournalSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@Tag("slow")
@Execution(ExecutionMode.CONCURRENT)
class EmbeddedDatabaseTest {

  @TempDir Path parent;

  @Test
  void data_survives_a_restart_a_killed_server_and_a_stale_process_file() throws Exception {
    Path data = parent.resolve("data");
    RegisteredVsmmu vsmmu;
    try (EmbeddedDatabase server = EmbeddedDatabase.start(data)) {
      assertThat(setting(server, "fsync")).isEqualTo("on");
      assertThat(setting(server, "synchronous_commit")).isEqualTo("on");
      assertThatThrownBy(() -> EmbeddedDatabase.start(data))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("uses the data directory");
      try (EventDatabase database = open(server, data)) {
        vsmmu = ConcurrentLogTest.register(database);
        append(database, vsmmu, 0);
      }
    }

    try (EmbeddedDatabase server = EmbeddedDatabase.start(data);
        EventDatabase database = open(server, data)) {
      assertThat(database.log().lastSequence(vsmmu.id())).hasValue(0);
      append(database, vsmmu, 1);
      ProcessHandle postmaster = postmaster(data);
      postmaster.destroyForcibly();
      postmaster.onExit().join();
    }

    try (EmbeddedDatabase server = EmbeddedDatabase.start(data);
        EventDatabase database = open(server, data)) {
      assertThat(database.log().lastSequence(vsmmu.id())).hasValue(1);
    }

    // The pid of a killed server may have been given to another process, here to this one.
    Files.writeString(
        data.resolve("postmaster.pid"), ProcessHandle.current().pid() + "\n" + data + "\n");
    try (EmbeddedDatabase server = EmbeddedDatabase.start(data);
        EventDatabase database = open(server, data)) {
      assertThat(database.log().lastSequence(vsmmu.id())).hasValue(1);
    }
  }

  @Test
  void a_server_whose_starter_was_killed_is_taken_over() throws Exception {
    Path data = parent.resolve("orphaned");
    Process starter =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-cp",
                System.getProperty("java.class.path"),
                Starter.class.getName(),
                data.toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    int vsmmuId = Integer.parseInt(starter.inputReader().readLine());
    ProcessHandle orphan = postmaster(data);
    starter.destroyForcibly().waitFor();
    assertThat(orphan.isAlive()).isTrue();

    try (EmbeddedDatabase server = EmbeddedDatabase.start(data);
        EventDatabase database = open(server, data)) {
      assertThat(orphan.isAlive()).isFalse();
      assertThat(database.log().lastSequence(vsmmuId)).hasValue(0);
    }
  }

  /** A process that starts a server, appends an event and then waits to be killed. */
  static final class Starter {
    public static void main(String[] arguments) throws Exception {
      EmbeddedDatabase server = EmbeddedDatabase.start(Path.of(arguments[0]));
      EventDatabase database = open(server, Path.of(arguments[0]));
      RegisteredVsmmu vsmmu = database.registry().register("v0", UUID.randomUUID(), 0);
      append(database, vsmmu, 0);
      System.out.println(vsmmu.id());
      Thread.sleep(Long.MAX_VALUE);
    }
  }

  private static EventDatabase open(EmbeddedDatabase server, Path data) {
    JournalSettings journal = JournalSettings.in(data.resolveSibling("journal"));
    return EventDatabase.open(server.jdbcUrl(), journal, EventLogLimits.DEFAULTS);
  }

  private static void append(EventDatabase database, RegisteredVsmmu vsmmu, long sequence) {
    // Not through TestLog, which would start its own server in the process to be killed.
    NewEvent event = new NewEvent(sequence, sequence, 1, null, null, new byte[100]);
    database.writer().append(vsmmu.id(), List.of(event), AppendDurability.SYNCED);
  }

  private static ProcessHandle postmaster(Path data) throws Exception {
    String pid = Files.readAllLines(data.resolve("postmaster.pid")).getFirst().strip();
    return ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
  }

  private static String setting(EmbeddedDatabase server, String name) throws Exception {
    try (Connection connection = server.dataSource().getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SHOW " + name)) {
      row.next();
      return row.getString(1);
    }
  }
}
