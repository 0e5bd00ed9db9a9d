package io.vsmmu.control.schema;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A script that changes the schema.
 *
 * @param module whose tables it changes, as in {@code db/MODULE}
 * @param statements without comments, in the order of the script
 */
record Migration(String module, int version, String name, List<String> statements) {

  private static final Path ROOT = Path.of("..");
  private static final Pattern FILE =
      Pattern.compile(".*/src/main/resources/db/([a-z]+)/V([0-9]+)__([a-z_]+)\\.sql");
  private static final int DEPTH = 8;

  /** All scripts of all modules, ordered by module and version. */
  static List<Migration> all() throws IOException {
    try (Stream<Path> files = Files.find(ROOT, DEPTH, (file, _) -> isScript(file))) {
      return files
          .map(Migration::read)
          .sorted(Comparator.comparing(Migration::module).thenComparing(Migration::version))
          .toList();
    }
  }

  private static boolean isScript(Path file) {
    return FILE.matcher(file.toString()).matches();
  }

  private static Migration read(Path file) {
    Matcher path = FILE.matcher(file.toString());
    if (!path.matches()) {
      throw new IllegalArgumentException(file.toString());
    }
    try {
      String text = Files.readString(file).replaceAll("(?m)--.*$", "");
      List<String> statements =
          Stream.of(text.split(";"))
              .map(statement -> statement.strip().replaceAll("\\s+", " "))
              .filter(statement -> !statement.isEmpty())
              .toList();
      return new Migration(
          path.group(1), Integer.parseInt(path.group(2)), path.group(3), statements);
    } catch (IOException unreadable) {
      throw new java.io.UncheckedIOException(unreadable);
    }
  }

  @Override
  public String toString() {
    return "%s V%d %s".formatted(module, version, name);
  }
}
