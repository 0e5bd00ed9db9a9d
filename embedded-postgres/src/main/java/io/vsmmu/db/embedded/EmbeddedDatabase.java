package io.vsmmu.db.embedded;

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
 * PostgreSQL as a child process of this one. It listens only on a Unix socket in a folder of mode
 * 0700, and requires the password that was generated with the data directory. The data directory
 * remains when this process ends, however it ends, and a later start recovers it. A server that
 * ends unexpectedly is started again, see {@link EmbeddedLimits}.
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
    Path oldSockets = SocketFolder.recorded(directory.path());
    directory.clearLeftovers();
    SocketFolder.remove(oldSockets, directory.path());
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
   * Starts PostgreSQL, and returns when it accepts connections. Creates the data directory if it
   * does not exist. A server that an earlier process left running on the directory is stopped
   * first. A shutdown hook stops the server when this process ends.
   *
   * @throws IllegalStateException if another process uses the data directory
   * @throws IOException if the server does not start; the message gives the server's reason
   */
  public static EmbeddedDatabase start(Path dataDirectory) throws IOException {
    return start(dataDirectory, EmbeddedLimits.DEFAULTS);
  }

  /** As {@link #start(Path)}, with other limits. */
  public static EmbeddedDatabase start(Path dataDirectory, EmbeddedLimits limits)
      throws IOException {
    return start(dataDirectory, true, limits);
  }

  /**
   * As {@link #start(Path, EmbeddedLimits)}, but without a shutdown hook. For an owner that closes
   * the database itself at the end of the process, after everything that still writes to it.
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
   * Stops a server that an earlier process left running on the directory, and starts none.
   *
   * @throws IllegalStateException if another process uses the data directory
   */
  public static void stopLeftovers(Path dataDirectory) throws IOException {
    try (DataDirectory directory = DataDirectory.take(dataDirectory)) {
      directory.clearLeftovers();
    }
  }

  /** The URL to connect to the server; it contains user and password, so it must not be logged. */
  public String jdbcUrl() {
    return url;
  }

  /** Opens a new connection for each call; not pooled. */
  public DataSource dataSource() {
    PGSimpleDataSource dataSource = new PGSimpleDataSource();
    dataSource.setURL(url);
    return dataSource;
  }

  /** Whether the server accepts connections, and if not, why. Does not block. */
  public ServerCondition condition() {
    return supervisor.condition();
  }

  /** The supervisor's reports, for {@link io.vsmmu.db.EventDatabase}. */
  public Availability availability() {
    return supervisor;
  }

  /**
   * Completes with the reason when the supervisor gives the server up, after which it is not
   * started again and this process should end.
   */
  public CompletableFuture<String> givenUp() {
    return supervisor.givenUp().copy();
  }

  /**
   * Stops the server, which ends its connections, and returns when its processes have ended. The
   * data directory remains.
   */
  @Override
  public void close() throws IOException {
    if (hook != null && !Thread.currentThread().equals(hook)) {
      removeHook(hook);
    }
    try (directory) {
      supervisor.close();
      SocketFolder.remove(sockets, directory.path());
    }
  }

  private static void removeHook(Thread hook) {
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
