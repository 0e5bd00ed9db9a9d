package io.vsmmu.db.embedded;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Runs PostgreSQL's programs. They refuse to be root: for root they run in a user namespace of
 * their own in which we are nobody in particular. For the kernel they still are root's, so that the
 * files are, but they have none of root's rights outside that namespace.
 */
final class PostgresPrograms {

  private static final List<String> NAMESPACE = List.of("unshare", "--user");

  /** A session of its own: the terminal's Ctrl-C is for us alone, and PostgreSQL stops last. */
  private static final String SESSION = "setsid";

  private static final int ROOT = 0;

  private final Path home;
  private final boolean root;
  private final boolean session;

  private PostgresPrograms(Path home, boolean root, boolean session) {
    this.home = home;
    this.root = root;
    this.session = session;
  }

  /**
   * The programs of a folder.
   *
   * @param home with {@code bin}
   * @param data what they must reach
   * @throws IOException with what to do if they cannot run as this user
   */
  static PostgresPrograms of(Path home, Path data) throws IOException {
    boolean root = Files.getAttribute(data, "unix:uid").equals(ROOT);
    if (root) {
      checkNamespace();
      checkWay(home);
      checkWay(data);
    }
    return new PostgresPrograms(home, root, isThere(SESSION));
  }

  private static void checkNamespace() throws IOException {
    List<String> command = new ArrayList<>(NAMESPACE);
    command.add("true");
    try {
      run(command);
    } catch (IOException refused) {
      throw new IOException(
          "PostgreSQL does not run as root, and this system gives root no user namespace to run it in (%s): start vsmmu as another user, or give a PostgreSQL by spring.datasource.url"
              .formatted(refused.getMessage()),
          refused);
    }
  }

  /** Without root's rights, only what root owns or everybody may enter is open. */
  private static void checkWay(Path path) throws IOException {
    for (Path folder = path; folder != null; folder = folder.getParent()) {
      PosixFileAttributes found = Files.readAttributes(folder, PosixFileAttributes.class);
      PosixFilePermission needed =
          Files.getAttribute(folder, "unix:uid").equals(ROOT)
              ? PosixFilePermission.OWNER_EXECUTE
              : PosixFilePermission.OTHERS_EXECUTE;
      if (!found.permissions().contains(needed)) {
        throw new FileSystemException(
            folder.toString(),
            null,
            "PostgreSQL, which does not run with root's rights, cannot enter this folder of user %s (mode %s): a data directory elsewhere (--data-dir), or start vsmmu as that user"
                .formatted(
                    found.owner().getName(), PosixFilePermissions.toString(found.permissions())));
      }
    }
  }

  private static boolean isThere(String program) {
    return List.of(System.getenv().getOrDefault("PATH", "").split(":")).stream()
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }

  /** A process that runs one of them, not yet started. */
  ProcessBuilder process(String program, List<String> arguments) {
    List<String> command = new ArrayList<>();
    if (session) {
      command.add(SESSION);
    }
    if (root) {
      command.addAll(NAMESPACE);
    }
    command.add(home.resolve("bin").resolve(program).toString());
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    Map<String, String> environment = builder.environment();
    // Messages in English, and none of the settings that PostgreSQL's programs take from there.
    environment.keySet().removeIf(name -> name.startsWith("PG") || name.startsWith("LC_"));
    environment.put("LC_ALL", "C");
    return builder;
  }

  /**
   * Runs one of them to its end.
   *
   * @throws IOException with its last line if it fails
   */
  void run(String program, List<String> arguments, String input) throws IOException {
    await(process(program, arguments), input);
  }

  private static void run(List<String> command) throws IOException {
    await(new ProcessBuilder(command).redirectErrorStream(true), "");
  }

  private static void await(ProcessBuilder builder, String input) throws IOException {
    Process process = builder.start();
    try (var writer = process.outputWriter()) {
      writer.write(input);
    }
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      int exit = process.waitFor();
      if (exit != 0) {
        throw new IOException(
            "%s ended with exit code %d: %s"
                .formatted(name(builder), exit, ExitReason.of(output.lines().toList())));
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException("Interrupted while waiting for " + name(builder), e);
    }
  }

  private static Path name(ProcessBuilder builder) {
    return builder.command().stream()
        .filter(word -> word.startsWith("/"))
        .findFirst()
        .map(Path::of)
        .map(Path::getFileName)
        .orElseGet(() -> Path.of(builder.command().getFirst()));
  }
}
