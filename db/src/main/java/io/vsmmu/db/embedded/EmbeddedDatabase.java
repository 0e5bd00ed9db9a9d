package io.vsmmu.db.embedded;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * PostgreSQL as a child process on a free local port. The data directory stays when the process
 * ends, however it ends; a later start recovers it. Reached over the loopback interface without a
 * password, so by every local user.
 */
public final class EmbeddedDatabase implements AutoCloseable {

  private static final String USER = "postgres";
  private static final Duration START_WAIT = Duration.ofSeconds(60);

  private final DataDirectory directory;
  private final EmbeddedPostgres server;

  private EmbeddedDatabase(DataDirectory directory, EmbeddedPostgres server) {
    this.directory = directory;
    this.server = server;
  }

  /**
   * Starts PostgreSQL; makes the data directory if there is none. A server that an earlier process
   * left running on the directory is stopped first.
   *
   * @throws IllegalStateException if another process uses the data directory
   * @throws IOException if the server does not start within a minute
   */
  public static EmbeddedDatabase start(Path dataDirectory) throws IOException {
    return start(dataDirectory, true);
  }

  /**
   * The same for an owner that closes it when the process ends, after those who still write then:
   * the end of the process alone does not stop it.
   */
  public static EmbeddedDatabase startOwned(Path dataDirectory) throws IOException {
    return start(dataDirectory, false);
  }

  private static EmbeddedDatabase start(Path dataDirectory, boolean endsWithProcess)
      throws IOException {
    DataDirectory directory = DataDirectory.take(dataDirectory);
    try {
      directory.clearLeftovers();
      return new EmbeddedDatabase(
          directory, builder(directory.path()).setRegisterShutdownHook(endsWithProcess).start());
    } catch (IOException | RuntimeException e) {
      directory.close();
      throw e;
    }
  }

  /** The URL, user included, for other pools. */
  public String jdbcUrl() {
    return server.getJdbcUrl(USER, USER);
  }

  /** TCP port on the loopback interface. */
  public int port() {
    return server.getPort();
  }

  /** New connections, not pooled. */
  public DataSource dataSource() {
    PGSimpleDataSource dataSource = new PGSimpleDataSource();
    dataSource.setURL(jdbcUrl());
    return dataSource;
  }

  /**
   * Stops the server, ending its connections, and returns when its processes are gone; the data
   * directory stays.
   */
  @Override
  public void close() throws IOException {
    try (directory) {
      server.close();
      directory.waitUntilGone();
    }
  }

  private static EmbeddedPostgres.Builder builder(Path data) throws IOException {
    // The library itself starts with fsync and synchronous_commit off.
    return EmbeddedPostgres.builder()
        .setDataDirectory(Files.createDirectories(data))
        .setCleanDataDirectory(false)
        .setPGStartupWait(START_WAIT)
        .setServerConfig("fsync", "on")
        .setServerConfig("synchronous_commit", "on")
        .setServerConfig("max_connections", "100")
        .setServerConfig("shared_buffers", "256MB")
        .setServerConfig("max_wal_size", "2GB")
        .setServerConfig("checkpoint_timeout", "15min")
        .setServerConfig("unix_socket_directories", "");
  }
}
