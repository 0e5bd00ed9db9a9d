package io.vsmmu.testing;

import io.vsmmu.db.embedded.EmbeddedDatabase;
import io.vsmmu.db.embedded.EmbeddedLimits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Comparator;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * One PostgreSQL server for all tests of a process. The first caller starts it; the end of the
 * process stops it and deletes its files. Each test works in a database of its own. Tests of what
 * happens to the server itself start one of their own.
 */
public final class TestPostgres {

  private static final AtomicInteger NUMBER = new AtomicInteger();

  private TestPostgres() {}

  /** Starts the server with the first use of this class. */
  private static final class Server {

    static final Path FOLDER = folder();
    static final EmbeddedDatabase POSTGRES = start();

    private Server() {}

    private static Path folder() {
      try {
        return Files.createTempDirectory("vsmmu-test-postgres");
      } catch (IOException failed) {
        throw new UncheckedIOException(failed);
      }
    }

    private static EmbeddedDatabase start() {
      try {
        EmbeddedDatabase server =
            EmbeddedDatabase.startOwned(FOLDER.resolve("data"), EmbeddedLimits.DEFAULTS);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server)));
        return server;
      } catch (IOException failed) {
        throw new UncheckedIOException(failed);
      }
    }

    private static void stop(EmbeddedDatabase server) {
      try {
        server.close();
        try (Stream<Path> files = Files.walk(FOLDER)) {
          files.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
        }
      } catch (IOException failed) {
        throw new UncheckedIOException(failed);
      }
    }
  }

  /** The JDBC URL of a new, empty database. */
  public static String newDatabase() {
    String name = "t" + NUMBER.incrementAndGet();
    String url = Server.POSTGRES.jdbcUrl();
    execute(url, "CREATE DATABASE " + name);
    return url.replace("/postgres?", "/" + name + "?");
  }

  /** The JDBC URL of a copy of a database, to which no connection may be open. */
  public static String copyOf(String url) {
    String name = "t" + NUMBER.incrementAndGet();
    String server = Server.POSTGRES.jdbcUrl();
    execute(server, "CREATE DATABASE %s TEMPLATE %s".formatted(name, nameOf(url)));
    return server.replace("/postgres?", "/" + name + "?");
  }

  private static String nameOf(String url) {
    return url.substring(url.lastIndexOf('/', url.indexOf('?')) + 1, url.indexOf('?'));
  }

  /** The directory of the journal of a database that {@link #newDatabase} made. */
  public static Path journal(String url) {
    return Server.FOLDER.resolve("journal-" + nameOf(url));
  }

  /** Executes one SQL statement in the database of a URL. */
  public static void execute(String url, String sql) {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException failed) {
      throw new IllegalStateException(sql, failed);
    }
  }

  /** Runs a task while every process of the server is stopped by SIGSTOP. */
  public static <T> T whileStopped(Callable<T> task) throws Exception {
    signal("-STOP");
    try {
      return task.call();
    } finally {
      signal("-CONT");
    }
  }

  private static void signal(String signal) throws IOException {
    String file = Files.readString(Server.FOLDER.resolve("data/postmaster.pid"));
    long pid = Long.parseLong(file.lines().findFirst().orElseThrow().strip());
    ProcessHandle postmaster = ProcessHandle.of(pid).orElseThrow();
    Stream<String> pids =
        Stream.concat(Stream.of(postmaster), postmaster.descendants())
            .map(process -> Long.toString(process.pid()));
    String[] command = Stream.concat(Stream.of("kill", signal), pids).toArray(String[]::new);
    int exit = new ProcessBuilder(command).start().onExit().join().exitValue();
    if (exit != 0) {
      throw new IOException("kill " + signal + " ended with " + exit);
    }
  }
}
