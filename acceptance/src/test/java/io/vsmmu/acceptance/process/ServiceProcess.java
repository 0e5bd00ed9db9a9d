package io.vsmmu.acceptance.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.cli.VsmmuMain;
import io.vsmmu.scripted.guest.Await;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * {@code vsmmu serve} as a process, started with the mask that hides nothing: what its files are
 * protected by is its own doing.
 */
final class ServiceProcess implements AutoCloseable {

  private static final Duration LONG = Duration.ofSeconds(90);
  private static final Duration SOME = Duration.ofSeconds(30);

  /** Between two looks, each of which asks a process. */
  private static final Duration PAUSE = Duration.ofMillis(50);

  private final HttpClient http = HttpClient.newHttpClient();
  private final Process process;
  private final Path err;
  private final URI url;

  private ServiceProcess(Process process, Path err, URI url) {
    this.process = process;
    this.err = err;
    this.url = url;
  }

  /**
   * Starts it and returns when it answers.
   *
   * @param folder gets the user's cache, what the process tells people, and a folder in the place
   *     of the system's temporary directory; the next process may have the same
   */
  static ServiceProcess started(Path data, Path folder) throws IOException {
    Path err = folder.resolve("err");
    Path system = Files.createDirectories(folder.resolve("system"));
    List<String> command =
        List.of(
            "sh",
            "-c",
            "umask 000; exec \"$@\"",
            "sh",
            ProcessHandle.current().info().command().orElseThrow(),
            "-Xmx384m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "--enable-native-access=ALL-UNNAMED",
            "-Djava.io.tmpdir=" + system,
            "-cp",
            System.getProperty("java.class.path"),
            VsmmuMain.class.getName(),
            "serve",
            "--port",
            "0",
            "--data-dir",
            data.toString());
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(err.toFile());
    builder.environment().put("XDG_CACHE_HOME", folder.resolve("cache").toString());
    Process process = builder.start();
    BufferedReader out = process.inputReader();
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      if (line.startsWith("vsmmu answers at ")) {
        Thread.ofPlatform().daemon().start(() -> out.lines().forEach(more -> {}));
        return new ServiceProcess(process, err, URI.create(line.substring(17)));
      }
    }
    throw new IOException("It did not start: " + Files.readString(err));
  }

  URI url() {
    return url;
  }

  /** What it printed on standard error. */
  String err() throws IOException {
    return Files.readString(err);
  }

  HttpResponse<String> get(String path) throws Exception {
    return http.send(
        HttpRequest.newBuilder(url.resolve(path)).timeout(SOME).build(), BodyHandlers.ofString());
  }

  HttpResponse<String> create(String name) throws Exception {
    return http.send(
        HttpRequest.newBuilder(url.resolve("/api/v1/vsmmus"))
            .timeout(SOME)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString("{\"name\":\"" + name + "\"}"))
            .build(),
        BodyHandlers.ofString());
  }

  /** It and its children. */
  List<ProcessHandle> processes() {
    return Stream.concat(Stream.of(process.toHandle()), process.descendants()).toList();
  }

  /** Ends it with SIGKILL, which leaves its PostgreSQL to the next one. */
  void kill() throws InterruptedException {
    process.destroyForcibly();
    exitCode();
  }

  /** Its exit code, when it ends on its own. */
  int exitCode() throws InterruptedException {
    assertThat(process.waitFor(LONG.toSeconds(), TimeUnit.SECONDS)).as("ended").isTrue();
    return process.exitValue();
  }

  /** Waits until something holds. */
  static void await(String what, BooleanSupplier condition) {
    assertThat(Await.within(LONG, PAUSE, condition)).as(what).isTrue();
  }

  @Override
  public void close() {
    process.destroy();
    process.onExit().completeOnTimeout(process, LONG.toSeconds(), TimeUnit.SECONDS).join();
    process.destroyForcibly();
  }
}
