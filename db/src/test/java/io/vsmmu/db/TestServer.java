package io.vsmmu.db;

import io.vsmmu.db.embedded.EmbeddedDatabase;
import io.vsmmu.db.log.EventLogLimits;
import io.vsmmu.db.log.NewEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** One PostgreSQL server for all test classes, with a new database for each caller. */
final class TestServer {

  static final long ORIGIN = 1_700_000_000_000_000L;

  private static final AtomicInteger NUMBER = new AtomicInteger();
  private static final EmbeddedDatabase SERVER = start();

  private TestServer() {}

  /** URL of a new, empty database. */
  static String newDatabase() {
    String name = "t" + NUMBER.incrementAndGet();
    execute(SERVER.jdbcUrl(), "CREATE DATABASE " + name);
    return SERVER.jdbcUrl().replace("/postgres?", "/" + name + "?");
  }

  static EventDatabase open() {
    return EventDatabase.open(newDatabase(), EventLogLimits.DEFAULTS);
  }

  static void execute(String url, String sql) {
    try (Connection connection = java.sql.DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  static NewEvent event(long sequence, byte... payload) {
    return new NewEvent(sequence, ORIGIN + sequence * 1000, 7, null, null, payload);
  }

  static List<NewEvent> events(long first, int count, int bytes) {
    List<NewEvent> events = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      byte[] payload = new byte[bytes];
      new java.util.Random(first + i).nextBytes(payload);
      events.add(event(first + i, payload));
    }
    return events;
  }

  private static EmbeddedDatabase start() {
    try {
      Path parent = Files.createTempDirectory("vsmmu-db-test");
      EmbeddedDatabase server = EmbeddedDatabase.start(parent.resolve("data"));
      Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server, parent)));
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void stop(EmbeddedDatabase server, Path parent) {
    try {
      server.close();
      try (var files = Files.walk(parent)) {
        files.sorted(java.util.Comparator.reverseOrder()).forEach(p -> p.toFile().delete());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
