package io.vsmmu.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The service as the launcher starts it: a process of its own, on the simulated host. */
final class ServiceProcess implements AutoCloseable {

  /** The longest that a start may take; then the measurement fails. */
  private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(10);

  private static final int POLL_MILLIS = 20;
  private static final long END_SECONDS = 60;
  private static final int OK = 200;
  private static final double KIB = 1024;

  private final Process process;
  private final URI url;
  private final Path data;
  private final HttpClient http = HttpClient.newHttpClient();
  private final double startSeconds;

  /**
   * Starts the service and waits until it is ready.
   *
   * @param javaOptions options of its virtual machine, separated by spaces
   */
  ServiceProcess(Path dataFolder, String javaOptions) throws IOException, InterruptedException {
    data = dataFolder;
    int port = freePort();
    url = URI.create("http://127.0.0.1:" + port);
    ProcessBuilder builder =
        new ProcessBuilder(
            launcher(),
            "serve",
            "--port",
            String.valueOf(port),
            "--data-dir",
            dataFolder.toString(),
            "--host",
            "simulated");
    builder.environment().putAll(Map.of("VSMMU_JAVA_OPTIONS", javaOptions));
    Path log = dataFolder.resolveSibling(dataFolder.getFileName() + ".log");
    builder.redirectErrorStream(true).redirectOutput(log.toFile());
    long start = System.nanoTime();
    process = builder.start();
    while (!ready()) {
      if (!process.isAlive() || System.nanoTime() - start > PATIENCE_NANOS) {
        process.destroyForcibly();
        throw new IllegalStateException("The service does not start: " + Files.readString(log));
      }
      Thread.sleep(POLL_MILLIS);
    }
    startSeconds = (System.nanoTime() - start) / 1e9;
  }

  /** The launcher, in the folder above this module's, from which Maven runs it. */
  static String launcher() {
    return Path.of(System.getProperty("bench.root", "..")).resolve("vsmmu").toString();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private boolean ready() throws InterruptedException {
    try {
      return get("/actuator/health/readiness").statusCode() == OK;
    } catch (IOException notYet) {
      return false;
    }
  }

  URI url() {
    return url;
  }

  /** Seconds from the start of the launcher to readiness. */
  double startSeconds() {
    return startSeconds;
  }

  /** The value of the header with the token of the service's own user. */
  String authorization() {
    try {
      return "Bearer " + Files.readString(data.resolve("token")).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A request with the service's token, as soon as it has made one. */
  private HttpRequest.Builder request(String path) {
    HttpRequest.Builder request = HttpRequest.newBuilder(url.resolve(path));
    return Files.exists(data.resolve("token"))
        ? request.header("Authorization", authorization())
        : request;
  }

  HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return http.send(request(path).build(), BodyHandlers.ofString());
  }

  HttpResponse<String> post(String path, String json) throws IOException, InterruptedException {
    return http.send(
        request(path)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(json))
            .build(),
        BodyHandlers.ofString());
  }

  /** Processor seconds that the virtual machine has used. */
  double processorSeconds() {
    return process.info().totalCpuDuration().orElseThrow().toNanos() / 1e9;
  }

  /** Resident memory of the virtual machine in MiB; that of PostgreSQL is not part of it. */
  double residentMebibytes() throws IOException {
    return status("VmRSS:") / KIB;
  }

  /** Threads of the virtual machine, without virtual ones. */
  double threads() throws IOException {
    return status("Threads:");
  }

  /** A number of /proc/PID/status. */
  private double status(String key) throws IOException {
    return Files.readAllLines(proc().resolve("status")).stream()
        .filter(line -> line.startsWith(key))
        .map(line -> line.substring(key.length()).strip().split(" ", 2)[0])
        .mapToDouble(Double::parseDouble)
        .findFirst()
        .orElseThrow();
  }

  double openFiles() throws IOException {
    try (Stream<Path> open = Files.list(proc().resolve("fd"))) {
      return open.count();
    }
  }

  /** Bytes of the heap that are in use after a full collection. */
  double heapBytesAfterCollection() throws IOException, InterruptedException {
    jcmd("GC.run");
    return jcmd("GC.class_histogram")
        .lines()
        .filter(line -> line.startsWith("Total"))
        .map(line -> line.strip().split("\\s+"))
        .mapToDouble(words -> Double.parseDouble(words[words.length - 1]))
        .findFirst()
        .orElseThrow();
  }

  private String jcmd(String command) throws IOException, InterruptedException {
    Process asked =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                String.valueOf(process.pid()),
                command)
            .redirectErrorStream(true)
            .start();
    String text = new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    asked.waitFor();
    return text;
  }

  private Path proc() {
    return Path.of("/proc", String.valueOf(process.pid()));
  }

  /**
   * Waits until what the launcher learns beside the first start of a build is stored: later starts
   * use it, and the learning would be measured with them.
   */
  static void awaitLearned() throws IOException, InterruptedException {
    Path lock = Path.of(launcher()).resolveSibling("command-line/target/learn.lock");
    if (Files.exists(lock)) {
      new ProcessBuilder("flock", lock.toString(), "true").inheritIO().start().waitFor();
    }
  }

  /** Seconds of a call of the command line against this service. */
  double commandSeconds(List<String> arguments) throws IOException, InterruptedException {
    List<String> command = Stream.concat(Stream.of(launcher()), arguments.stream()).toList();
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("VSMMU_URL", url.toString());
    builder.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD);
    long start = System.nanoTime();
    int code = builder.start().waitFor();
    if (code != 0) {
      throw new IllegalStateException("%s ended with %d".formatted(command, code));
    }
    return (System.nanoTime() - start) / 1e9;
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      process.destroyForcibly();
    }
  }
}
