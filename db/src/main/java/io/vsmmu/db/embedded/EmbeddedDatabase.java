package io.vsmmu.db.embedded;

import io.vsmmu.db.log.Availability;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * PostgreSQL as a child process. It listens on a Unix socket in a folder of mode 0700 and nowhere
 * else, and asks for a password that was generated with the data directory. The data directory
 * stays when the process ends, however it ends; a later start recovers it. A server that ends on
 * its own is started again.
 */
public final class EmbeddedDatabase implements AutoCloseable {

  private final DataDirectory directory;
  private final Path sockets;
  private final String url;
  private final Supervisor supervisor;
  private final @Nullable Thread hook;

  private EmbeddedDatabase(DataDirectory directory, boolean endsWithProcess, EmbeddedLimits limits)
      throws IOException {
    this.directory = directory;
    Path left = SocketFolder.named(directory.path());
    directory.clearLeftovers();
    SocketFolder.remove(left, directory.path());
    Path binaries = PostgresBinaries.unpacked(directory.beside(".programs"));
    PostgresPrograms programs = PostgresPrograms.of(binaries, directory.path());
    Cluster cluster = Cluster.prepared(directory, programs);
    this.sockets = SocketFolder.of(directory.path());
    this.url = url(cluster.password(), SocketFolder.socket(sockets));
    try {
      this.supervisor = new Supervisor(directory, programs, sockets, url, limits);
    } catch (IOException | RuntimeException failed) {
      SocketFolder.remove(sockets, directory.path());
      throw failed;
    }
    this.hook = endsWithProcess ? new Thread(this::closeAtEnd, "postgres-end") : null;
    if (hook != null) {
      Runtime.getRuntime().addShutdownHook(hook);
    }
  }

  /**
   * Starts PostgreSQL; makes the data directory if there is none. A server that an earlier process
   * left running on the directory is stopped first.
   *
   * @throws IllegalStateException if another process uses the data directory
   * @throws IOException if the server does not start, with its reason
   */
  public static EmbeddedDatabase start(Path dataDirectory) throws IOException {
    return start(dataDirectory, EmbeddedLimits.DEFAULTS);
  }

  /** The same with other limits. */
  public static EmbeddedDatabase start(Path dataDirectory, EmbeddedLimits limits)
      throws IOException {
    return start(dataDirectory, true, limits);
  }

  /**
   * The same for an owner that closes it when the process ends, after those who still write then:
   * the end of the process alone does not stop it.
   */
  public static EmbeddedDatabase startOwned(Path dataDirectory, EmbeddedLimits limits)
      throws IOException {
    return start(dataDirectory, false, limits);
  }

  private static EmbeddedDatabase start(
      Path dataDirectory, boolean endsWithProcess, EmbeddedLimits limits) throws IOException {
    DataDirectory directory = DataDirectory.take(dataDirectory);
    try {
      return new EmbeddedDatabase(directory, endsWithProcess, limits);
    } catch (IOException | RuntimeException e) {
      directory.close();
      throw e;
    }
  }

  /**
   * Stops a server that an earlier process left running on the directory.
   *
   * @throws IllegalStateException if another process uses the data directory
   */
  public static void stopLeftovers(Path dataDirectory) throws IOException {
    try (DataDirectory directory = DataDirectory.take(dataDirectory)) {
      directory.clearLeftovers();
    }
  }

  /** The URL for pools; it holds user and password. */
  public String jdbcUrl() {
    return url;
  }

  /** New connections, not pooled. */
  public DataSource dataSource() {
    PGSimpleDataSource dataSource = new PGSimpleDataSource();
    dataSource.setURL(url);
    return dataSource;
  }

  /** How the server is, for people. */
  public ServerCondition condition() {
    return supervisor.condition();
  }

  /** What its supervisor knows, for those who ask the database. */
  public Availability availability() {
    return supervisor;
  }

  /** Completes with the reason when the server is given up. */
  public CompletableFuture<String> givenUp() {
    return supervisor.givenUp().copy();
  }

  /**
   * Stops the server, ending its connections, and returns when its processes are gone; the data
   * directory stays.
   */
  @Override
  public void close() throws IOException {
    if (hook != null && !Thread.currentThread().equals(hook)) {
      forgetHook(hook);
    }
    try (directory) {
      supervisor.close();
      SocketFolder.remove(sockets, directory.path());
    }
  }

  private static void forgetHook(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException ending) {
      logger().log(Level.DEBUG, "The process ends: {0}", ending.getMessage());
    }
  }

  private void closeAtEnd() {
    try {
      close();
    } catch (IOException failed) {
      logger().log(Level.WARNING, "PostgreSQL was not stopped: {0}", failed.getMessage());
    }
  }

  private static System.Logger logger() {
    return System.getLogger(EmbeddedDatabase.class.getName());
  }

  private static String url(String password, Path socket) {
    return "jdbc:postgresql://localhost/postgres?user=%s&password=%s&socketFactory=%s&socketFactoryArg=%s&sslmode=disable&gssEncMode=disable"
        .formatted(
            Cluster.ROLE,
            password,
            UnixSocketFactory.class.getName(),
            URLEncoder.encode(socket.toString(), StandardCharsets.UTF_8));
  }
}
