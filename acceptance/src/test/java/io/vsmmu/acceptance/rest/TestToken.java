package io.vsmmu.acceptance.rest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The token of the own user of every service that the tests of this process start within it. */
final class TestToken {

  static final String SECRET = "vsmmu_" + "test-only-".repeat(4) + "43chars";

  /** A file that holds it. */
  static final Path FILE = file();

  /** The header of a request that is written by hand. */
  static final String LINE = "Authorization: Bearer " + SECRET + "\r\n";

  private TestToken() {}

  private static Path file() {
    try {
      Path file = Files.createTempFile("vsmmu-test", ".token");
      file.toFile().deleteOnExit();
      return Files.writeString(file, SECRET + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
