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
 * Runs PostgreSQL's programs. They refuse to run as root, so for root each runs in a new user
 * namespace, in which its user id is not mapped and appears as that of {@code nobody}. To the
 * kernel the process still has uid 0, so that the files it creates belong to root, but outside its
 * namespace it has none of root's capabilities (user_namespaces(7)).
 */
final class PostgresPrograms {

  private static final List<String> NAMESPACE = List.of("unshare", "--user");

  /**
   * Runs a program in a new session, so that Ctrl-C in the terminal reaches this process only,
   * which then stops PostgreSQL last.
   */
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
   * Prepares to run the programs of a folder.
   *
   * @param home folder that contains {@code bin}
   * @param data data directory, which the programs must be able to enter
   * @throws IOException if they cannot run as this user; the message says what to do
   */
  static PostgresPrograms of(Path home, Path data) throws IOException {
    boolean root = Files.getAttribute(data, "unix:uid").equals(ROOT);
    if (root) {
      checkNamespace();
      checkSearchable(home);
      checkSearchable(data);
    }
    return new PostgresPrograms(home, root, isInstalled(SESSION));
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

  /**
   * Checks that each folder in the path can be entered with uid 0 but without CAP_DAC_OVERRIDE: as
   * its owner if it is root's, else as others.
   */
  private static void checkSearchable(Path path) throws IOException {
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
            "PostgreSQL, which does not run with root's rights, cannot enter this folder of user %s (mode %s): use another data directory (--data-dir), or start vsmmu as that user"
                .formatted(
                    found.owner().getName(), PosixFilePermissions.toString(found.permissions())));
      }
    }
  }

  private static boolean isInstalled(String program) {
    return List.of(System.getenv().getOrDefault("PATH", "").split(":")).stream()
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }

  /** A process that runs one of the programs, not yet started; stderr goes to its stdout. */
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
    // Messages must be English for ExitReason, and PG* variables would change the settings.
    environment.keySet().removeIf(name -> name.startsWith("PG") || name.startsWith("LC_"));
    environment.put("LC_ALL", "C");
    return builder;
  }

  /**
   * Runs one of the programs and waits for its end, without a time limit.
   *
   * @param input what it reads from its standard input
   * @throws IOException if its exit code is not 0; the message holds {@link ExitReason}
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
