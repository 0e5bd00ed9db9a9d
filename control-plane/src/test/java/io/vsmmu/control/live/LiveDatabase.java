package io.vsmmu.control.live;

import io.vsmmu.db.embedded.EmbeddedDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.springframework.util.FileSystemUtils;

/** One PostgreSQL for all classes of this package; it can be stopped in its tracks. */
final class LiveDatabase implements BeforeAllCallback {

  private static final AtomicInteger NUMBER = new AtomicInteger();

  private static Server server;

  /** A server and where its data lie. */
  private record Server(Path folder, EmbeddedDatabase postgres) implements AutoCloseable {

    static Server start() {
      try {
        Path folder = Files.createTempDirectory("live-guests");
        return new Server(folder, EmbeddedDatabase.start(folder.resolve("postgres")));
      } catch (IOException failed) {
        throw new UncheckedIOException(failed);
      }
    }

    @Override
    public void close() throws IOException {
      postgres.close();
      FileSystemUtils.deleteRecursively(folder);
    }

    long pid() throws IOException {
      String file = Files.readString(folder.resolve("postgres/postmaster.pid"));
      return Long.parseLong(file.lines().findFirst().orElseThrow().strip());
    }
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    server =
        context
            .getRoot()
            .getStore(Namespace.create(LiveDatabase.class))
            .computeIfAbsent(Server.class, key -> Server.start(), Server.class);
  }

  /** The URL of an empty database. */
  static String url() throws SQLException {
    String name = "live" + NUMBER.incrementAndGet();
    String url = server.postgres.jdbcUrl();
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE DATABASE " + name);
    }
    return url.replace("/postgres?", "/" + name + "?");
  }

  /** Does something while no process of the server does anything. */
  static <T> T whileHeld(Callable<T> task) throws Exception {
    signal("-STOP");
    try {
      return task.call();
    } finally {
      signal("-CONT");
    }
  }

  private static void signal(String signal) throws IOException {
    ProcessHandle postmaster = ProcessHandle.of(server.pid()).orElseThrow();
    Stream<String> pids =
        Stream.concat(Stream.of(postmaster), postmaster.descendants())
            .map(process -> Long.toString(process.pid()));
    String[] command = Stream.concat(Stream.of("kill", signal), pids).toArray(String[]::new);
    Process kill = new ProcessBuilder(command).start();
    int exit = kill.onExit().join().exitValue();
    if (exit != 0) {
      throw new IOException("kill " + signal + " ended with " + exit);
    }
  }
}
