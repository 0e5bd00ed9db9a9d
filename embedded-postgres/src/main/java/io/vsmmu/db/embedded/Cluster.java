package io.vsmmu.db.embedded;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;

/**
 * The database cluster (PostgreSQL's word for the files of a server) in a data directory, and the
 * access to it: only the role {@code postgres} through a Unix socket, with a generated password in
 * a file that only the owner of the data can read.
 */
final class Cluster {

  static final String ROLE = "postgres";

  private static final String RULES =
      """
      # Written by vsmmu at each start.
      local all all scram-sha-256
      """;

  private static final int PASSWORD_BYTES = 32;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final DataDirectory directory;
  private final Path passwordFile;

  private Cluster(DataDirectory directory) {
    this.directory = directory;
    this.passwordFile = directory.beside(".password");
  }

  /**
   * Prepares the data directory for a start of the server: creates the cluster if the directory is
   * empty, or gives a password to the role of a cluster that has none; and writes {@code
   * pg_hba.conf}. A directory with files is emptied only if an earlier initdb of this service was
   * interrupted in it.
   *
   * @throws FileSystemException if the directory holds files but no PostgreSQL data
   * @throws IOException if one of PostgreSQL's programs fails
   */
  static Cluster prepared(DataDirectory directory, PostgresPrograms programs) throws IOException {
    Cluster cluster = new Cluster(directory);
    if (!Files.exists(cluster.passwordFile)) {
      boolean complete =
          Files.exists(directory.path().resolve("PG_VERSION"))
              && !Files.exists(cluster.initdbPasswordFile());
      if (complete) {
        cluster.setPassword(programs);
      } else {
        cluster.create(programs);
      }
    }
    Files.writeString(directory.path().resolve("pg_hba.conf"), RULES);
    return cluster;
  }

  String password() throws IOException {
    return Files.readString(passwordFile).strip();
  }

  /**
   * The password file while initdb runs, which then gets its final name. If this file exists at a
   * start, initdb was interrupted.
   */
  private Path initdbPasswordFile() {
    return directory.beside(".password.initdb");
  }

  private void create(PostgresPrograms programs) throws IOException {
    if (!Files.exists(initdbPasswordFile()) && !directory.isEmpty()) {
      throw new FileSystemException(
          directory.path().toString(),
          null,
          "it holds files, but no PostgreSQL data (PG_VERSION): nothing is made or removed there;"
              + " move the files away, or use another data directory");
    }
    PrivateFile.replace(initdbPasswordFile(), newPassword() + "\n");
    directory.empty();
    programs.run(
        "initdb",
        List.of(
            "--pgdata=" + directory.path(),
            "--username=" + ROLE,
            "--pwfile=" + initdbPasswordFile(),
            "--auth-local=scram-sha-256",
            "--auth-host=reject",
            "--encoding=UTF8",
            "--locale=C",
            "--no-instructions"),
        "");
    Files.move(initdbPasswordFile(), passwordFile, StandardCopyOption.ATOMIC_MOVE);
  }

  /**
   * Sets a password in a cluster of an earlier version, which had none. The server runs in
   * single-user mode for that, so no connection is needed.
   */
  private void setPassword(PostgresPrograms programs) throws IOException {
    String password = newPassword();
    programs.run(
        "postgres",
        List.of("--single", "-D", directory.path().toString(), ROLE),
        "ALTER ROLE %s PASSWORD '%s'%n".formatted(ROLE, password));
    PrivateFile.replace(passwordFile, password + "\n");
  }

  private static String newPassword() {
    byte[] bytes = new byte[PASSWORD_BYTES];
    RANDOM.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }
}
