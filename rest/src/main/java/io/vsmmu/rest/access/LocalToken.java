package io.vsmmu.rest.access;

import io.vsmmu.db.embedded.PrivateFile;
import io.vsmmu.db.embedded.PrivateFolder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Optional;

/**
 * The secret of the service's own user, in a file of mode 0600: a process that may read that file
 * may do everything. It needs no database.
 */
public final class LocalToken {

  private static final int LEAST_CHARS = 32;
  private static final int MOST_BYTES = 4096;

  /** The client that shows it. */
  static final Caller CALLER =
      new Caller(Caller.LOCAL, Role.ADMIN, VmScope.ALL, Credential.LASTING);

  private final String secret;
  private final byte[] hash;

  private LocalToken(String secret) {
    this.secret = secret;
    this.hash = Secrets.hash(secret);
  }

  /**
   * Reads the file, or makes it with a new secret. A file that others may read gets mode 0600.
   *
   * @throws IOException if it cannot be read or made
   * @throws IllegalStateException if it holds no secret
   */
  public static LocalToken in(Path file) throws IOException {
    if (!Files.exists(file)) {
      PrivateFile.replace(file, Secrets.random(Secrets.PREFIX) + System.lineSeparator());
    }
    Files.setPosixFilePermissions(file, PrivateFolder.FILE_MODE);
    String secret;
    try (var in = Files.newInputStream(file)) {
      secret = new String(in.readNBytes(MOST_BYTES), StandardCharsets.UTF_8).strip();
    }
    if (secret.length() < LEAST_CHARS || !secret.startsWith(Secrets.PREFIX)) {
      throw new IllegalStateException(
          "%s holds no token; allowed: %s and at least %d characters. Remove the file for a new one"
              .formatted(file, Secrets.PREFIX, LEAST_CHARS - Secrets.PREFIX.length()));
    }
    return new LocalToken(secret);
  }

  /** The secret itself, for the processes of the service's user. */
  public String secret() {
    return secret;
  }

  Optional<Caller> caller(byte[] shownHash) {
    return MessageDigest.isEqual(hash, shownHash) ? Optional.of(CALLER) : Optional.empty();
  }
}
