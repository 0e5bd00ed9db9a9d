package io.vsmmu.acceptance.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.cli.VsmmuMain;
import io.vsmmu.scripted.guest.Await;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

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
  private final Path data;
  private final Path err;

  /** Null until it answers. */
  private volatile @Nullable URI url;

  private ServiceProcess(Process process, Path data, Path err) {
    this.data = data;
    this.process = process;
    this.err = err;
  }

  /**
   * Starts it and returns when it answers.
   *
   * @param folder gets the user's cache, what the process tells people, and a folder in the place
   *     of the system's temporary directory; the next process may have the same
   */
  static ServiceProcess started(Path data, Path folder) throws IOException {
    return started(data, folder, List.of(), List.of());
  }

  /**
   * As {@link #started(Path, Path)}, with something in addition.
   *
   * @param options of the JVM
   * @param classPath what is searched before the classes of the tests
   */
  static ServiceProcess started(Path data, Path folder, List<String> options, List<Path> classPath)
      throws IOException {
    ServiceProcess service = begun(data, folder, options, classPath);
    service.awaitUrl();
    return service;
  }

  /**
   * As {@link #started(Path, Path, List, List)}, but does not wait for {@link #awaitUrl}.
   *
   * @param arguments of the command in addition
   */
  static ServiceProcess begun(
      Path data, Path folder, List<String> options, List<Path> classPath, String... arguments)
      throws IOException {
    Path err = folder.resolve("err");
    Path system = Files.createDirectories(folder.resolve("system"));
    List<String> command =
        new ArrayList<>(
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
                "-Djava.io.tmpdir=" + system));
    command.addAll(options);
    List<String> path = new ArrayList<>(classPath.stream().map(Path::toString).toList());
    path.add(System.getProperty("java.class.path"));
    command.addAll(
        List.of(
            "-cp",
            String.join(File.pathSeparator, path),
            VsmmuMain.class.getName(),
            "serve",
            "--port",
            "0",
            "--data-dir",
            data.toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(err.toFile());
    builder.environment().put("XDG_CACHE_HOME", folder.resolve("cache").toString());
    return new ServiceProcess(builder.start(), data, err);
  }

  /**
   * Waits until it answers.
   *
   * @throws IOException if it ends instead
   */
  void awaitUrl() throws IOException {
    BufferedReader out = process.inputReader();
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      if (line.startsWith("vsmmu answers at ")) {
        url = URI.create(line.substring(17));
        Thread.ofPlatform().daemon().start(() -> drain(out));
        return;
      }
    }
    throw new IOException("It did not start: " + Files.readString(err));
  }

  private static void drain(BufferedReader out) {
    try {
      while (out.readLine() != null) {
        continue;
      }
    } catch (IOException ended) {
      return;
    }
  }

  URI url() {
    return Objects.requireNonNull(url, "it does not answer yet");
  }

  /** What it printed on standard error. */
  String err() throws IOException {
    return Files.readString(err);
  }

  /** A request with the token of the service's own user. */
  HttpRequest.Builder request(String path) throws IOException {
    return HttpRequest.newBuilder(url().resolve(path)).header("Authorization", "Bearer " + token());
  }

  /** The token that it has made in its data directory. */
  String token() throws IOException {
    return Files.readString(data.resolve("token")).strip();
  }

  HttpResponse<String> get(String path) throws Exception {
    return http.send(request(path).timeout(SOME).build(), BodyHandlers.ofString());
  }

  /** The lines of an answer that does not end. */
  BufferedReader stream(String path) throws Exception {
    HttpRequest request = request(path).build();
    return new BufferedReader(
        new InputStreamReader(
            http.send(request, BodyHandlers.ofInputStream()).body(), StandardCharsets.UTF_8));
  }

  HttpResponse<String> create(String name) throws Exception {
    return post("/api/v1/vsmmus", "{\"name\":\"" + name + "\"}");
  }

  HttpResponse<String> post(String path, String json) throws Exception {
    return http.send(
        request(path)
            .timeout(SOME)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(json))
            .build(),
        BodyHandlers.ofString());
  }

  /** As {@link #post(String, String)}, with an Idempotency-Key. */
  HttpResponse<String> post(String path, String json, String key) throws Exception {
    return http.send(
        request(path)
            .timeout(SOME)
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", key)
            .POST(BodyPublishers.ofString(json))
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
