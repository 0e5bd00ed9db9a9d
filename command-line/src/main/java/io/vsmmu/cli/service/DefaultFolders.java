package io.vsmmu.cli.service;

import java.nio.file.Path;

/** The folders that are used without the option {@code --data-dir}. */
public final class DefaultFolders {

  /** The system property that the launcher sets to its own folder. */
  static final String ROOT_PROPERTY = "vsmmu.root";

  private static final Path HIDDEN = Path.of(".vsmmu");

  private DefaultFolders() {}

  /** The data directory of {@code serve}. */
  public static Path data() {
    return root().resolve(HIDDEN).resolve("data");
  }

  /** The data directory of {@code demo}. */
  public static Path demo() {
    return root().resolve(HIDDEN).resolve("demo");
  }

  /** The folder of {@code witness}: its key, and what it saw. */
  public static Path witness() {
    return root().resolve(HIDDEN).resolve("witness");
  }

  private static Path root() {
    return Path.of(System.getProperty(ROOT_PROPERTY, "")).toAbsolutePath();
  }
}
