package io.vsmmu.projections;

import io.vsmmu.db.EventDatabase;
import io.vsmmu.db.embedded.EmbeddedDatabase;
import io.vsmmu.db.log.EventLogLimits;
import io.vsmmu.projections.model.Tables;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Comparator;
import java.util.concurrent.atomic.AtomicInteger;

/** One PostgreSQL server for all test classes, with a new database for each caller. */
final class TestServer {

  private static final AtomicInteger NUMBER = new AtomicInteger();
  private static final EmbeddedDatabase SERVER = start();

  private TestServer() {}

  /** A new database with the log's and the projections' tables. */
  static EventDatabase open() {
    String name = "t" + NUMBER.incrementAndGet();
    execute(SERVER.jdbcUrl(), "CREATE DATABASE " + name);
    EventDatabase database =
        EventDatabase.open(
            SERVER.jdbcUrl().replace("/postgres?", "/" + name + "?"), EventLogLimits.DEFAULTS);
    Tables.migrate(database.pool());
    return database;
  }

  private static void execute(String url, String sql) {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  private static EmbeddedDatabase start() {
    try {
      Path parent = Files.createTempDirectory("vsmmu-projections-test");
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
        files.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
