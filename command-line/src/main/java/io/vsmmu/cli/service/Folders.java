package io.vsmmu.cli.service;

import java.nio.file.Path;

/** Where things are kept unless the user says otherwise. */
public final class Folders {

  /** Set by the launcher to the folder that it lies in. */
  static final String ROOT_PROPERTY = "vsmmu.root";

  private static final Path OURS = Path.of(".vsmmu");

  private Folders() {}

  /** The service's data. */
  public static Path data() {
    return root().resolve(OURS).resolve("data");
  }

  /** The demonstration's data. */
  public static Path demo() {
    return root().resolve(OURS).resolve("demo");
  }

  private static Path root() {
    return Path.of(System.getProperty(ROOT_PROPERTY, "")).toAbsolutePath();
  }
}
