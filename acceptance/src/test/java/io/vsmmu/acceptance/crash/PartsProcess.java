package io.vsmmu.acceptance.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** {@link KilledParts} as a process, from its start to its end. */
final class PartsProcess implements AutoCloseable {

  private static final String QUIET =
      """
      <configuration>
        <appender name="ERR" class="ch.qos.logback.core.ConsoleAppender">
          <target>System.err</target>
          <encoder><pattern>%level %logger %msg%n</pattern></encoder>
        </appender>
        <root level="WARN"><appender-ref ref="ERR"/></root>
      </configuration>
      """;

  private static final Duration LONG = Duration.ofSeconds(60);

  private final Process process;
  private final Path err;
  private final List<String> lines = new ArrayList<>();
  private final CompletableFuture<Optional<String>> ready = new CompletableFuture<>();
  private final Thread reader;

  private PartsProcess(Process process, Path err) {
    this.process = process;
    this.err = err;
    this.reader = Thread.ofPlatform().daemon().start(this::read);
  }

  /** Makes the class path of the processes. */
  static String classPath(Path folder) throws IOException {
    Path first = KillingObserver.classPath(folder.resolve("classes"));
    Files.writeString(first.resolve("logback.xml"), QUIET);
    return ClassPathJars.in(folder.resolve("jars"), first);
  }

  /**
   * Starts a process.
   *
   * @param classPath of {@link #classPath}
   * @param options of the JVM
   */
  static PartsProcess start(
      String classPath, String url, Path folder, Work work, List<String> options)
      throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-Xmx384m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:+AutoCreateSharedArchive",
                "-XX:SharedArchiveFile=" + folder.resolveSibling("classes.jsa"),
                "--enable-native-access=ALL-UNNAMED"));
    command.addAll(options);
    command.addAll(
        List.of(
            "-cp", classPath, KilledParts.class.getName(), url, folder.toString(), work.name()));
    Path err = folder.resolve("err");
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.to(err.toFile())).start();
    return new PartsProcess(process, err);
  }

  private void read() {
    try (BufferedReader out = process.inputReader()) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        lines.add(line);
        if (line.startsWith(KilledParts.READY)) {
          ready.complete(Optional.of(line.substring(KilledParts.READY.length())));
        }
      }
    } catch (IOException ended) {
      lines.add(ended.toString());
    }
    ready.complete(Optional.empty());
  }

  /** What it found, when it is ready; empty if it ended before. */
  Optional<String> awaitReady() {
    return ready.orTimeout(LONG.toSeconds(), TimeUnit.SECONDS).join();
  }

  /** Waits for its end, and returns what it printed. */
  List<String> awaitEnd() throws Exception {
    assertThat(process.waitFor(LONG.toSeconds(), TimeUnit.SECONDS)).as("ended").isTrue();
    reader.join();
    return lines;
  }

  /** Lets it end in good order, and returns its exit code. */
  int finish() throws Exception {
    process.getOutputStream().close();
    awaitEnd();
    return process.exitValue();
  }

  /** What it printed on standard error. */
  String err() throws IOException {
    return Files.readString(err);
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
