package io.vsmmu.db.embedded;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/**
 * PostgreSQL's files in a data directory, and who gets in: the role {@code postgres}, with a
 * generated password that only the owner of the data can read, through a Unix socket.
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
   * Makes what is not there. A folder is only emptied when our own initdb was cut off in it.
   *
   * @throws FileSystemException if the folder holds what is no PostgreSQL data
   */
  static Cluster prepared(DataDirectory directory, PostgresPrograms programs) throws IOException {
    Cluster cluster = new Cluster(directory);
    if (!Files.exists(cluster.passwordFile)) {
      boolean whole =
          Files.exists(directory.path().resolve("PG_VERSION")) && !Files.exists(cluster.underWay());
      if (whole) {
        cluster.givePassword(programs);
      } else {
        cluster.make(programs);
      }
    }
    Files.writeString(directory.path().resolve("pg_hba.conf"), RULES);
    return cluster;
  }

  String password() throws IOException {
    return Files.readString(passwordFile).strip();
  }

  /** The password of a cluster that is being made; if it is still there, that was cut off. */
  private Path underWay() {
    return directory.beside(".password.initdb");
  }

  private void make(PostgresPrograms programs) throws IOException {
    if (!Files.exists(underWay()) && !directory.isEmpty()) {
      throw new FileSystemException(
          directory.path().toString(),
          null,
          "it holds files, but no PostgreSQL data (PG_VERSION): nothing is made or removed there;"
              + " move the files away, or use another data directory");
    }
    writePassword(underWay(), newPassword());
    directory.empty();
    programs.run(
        "initdb",
        List.of(
            "--pgdata=" + directory.path(),
            "--username=" + ROLE,
            "--pwfile=" + underWay(),
            "--auth-local=scram-sha-256",
            "--auth-host=reject",
            "--encoding=UTF8",
            "--locale=C",
            "--no-instructions"),
        "");
    Files.move(underWay(), passwordFile, StandardCopyOption.ATOMIC_MOVE);
  }

  /** For data of a time when nobody needed one; without any connection. */
  private void givePassword(PostgresPrograms programs) throws IOException {
    String password = newPassword();
    programs.run(
        "postgres",
        List.of("--single", "-D", directory.path().toString(), ROLE),
        "ALTER ROLE %s PASSWORD '%s'%n".formatted(ROLE, password));
    Path written = directory.beside(".password.changed");
    writePassword(written, password);
    Files.move(written, passwordFile, StandardCopyOption.ATOMIC_MOVE);
  }

  private static String newPassword() {
    byte[] bytes = new byte[PASSWORD_BYTES];
    RANDOM.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  private static void writePassword(Path file, String password) throws IOException {
    Files.deleteIfExists(file);
    try (var channel =
        Files.newByteChannel(
            file,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PrivateFolder.fileMode())) {
      channel.write(StandardCharsets.US_ASCII.encode(password + "\n"));
    }
  }
}
