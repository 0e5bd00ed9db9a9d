package io.vsmmu.bench;

import io.vsmmu.bench.Bench.Ratio;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * P9: what idle vSMMUs cost. They are created over REST, each listens on its socket, and no VMM
 * connects. A vSMMU's heap is the difference to the service without any.
 */
final class Many {

  /** The number of vSMMUs without an argument. */
  static final int DEFAULT = 10_000;

  /** The heap with which the service is started; the goal is one of the whole process. */
  private static final String OPTIONS = "-Xmx2g";

  private static final double GOAL_RSS_MIB = 4096;
  private static final double GOAL_HEAP_KIB = 64;
  private static final double KIB = 1024;
  private static final int CLIENTS = 4;
  private static final int LISTS = 15;
  private static final int PAGE = 1000;
  private static final int CALLS = 9;
  private static final double HALF = 0.5;
  private static final double MICROS = 1e6;
  private static final int CREATED = 201;
  private static final int OK = 200;
  private static final long IDLE_MILLIS = 10_000;
  private static final Pattern NEXT = Pattern.compile("\"next\"\\s*:\\s*\"?([0-9]+)");

  private final Path folder;
  private final int vsmmus;
  private final List<Ratio> ratios = new ArrayList<>();

  Many(Path folder, int vsmmus) {
    this.folder = folder;
    this.vsmmus = vsmmus;
  }

  List<Ratio> measure() throws Exception {
    Path data = folder.resolve("data");
    try (ServiceProcess service = new ServiceProcess(data, OPTIONS)) {
      note("start without vSMMUs, s", service.startSeconds());
      double empty = service.heapBytesAfterCollection();
      long start = System.nanoTime();
      create(service);
      note("created per second, %d clients".formatted(CLIENTS), vsmmus / seconds(start));
      double heap = service.heapBytesAfterCollection();
      goal("heap per vSMMU, KiB", (heap - empty) / vsmmus / KIB, new Goal.AtMost(GOAL_HEAP_KIB));
      goal(
          "resident memory with %d vSMMUs, MiB".formatted(vsmmus),
          service.residentMebibytes(),
          new Goal.AtMost(GOAL_RSS_MIB));
      note("threads", service.threads());
      note("open files", service.openFiles());
      double used = service.processorSeconds();
      Thread.sleep(IDLE_MILLIS);
      note(
          "processor while idle, percent of one",
          (service.processorSeconds() - used) / IDLE_MILLIS * 1000 * 100);
      lists(service);
    }
    ServiceProcess.awaitLearned();
    try (ServiceProcess service = new ServiceProcess(data, OPTIONS)) {
      note("start with %d vSMMUs, s".formatted(vsmmus), service.startSeconds());
      note("processor of that start, s", service.processorSeconds());
      note("resident memory after that start, MiB", service.residentMebibytes());
      note("open files after that start", service.openFiles());
      Samples calls = new Samples();
      calls.take(CALLS, () -> service.commandSeconds(List.of("state", name(0))));
      goal("./vsmmu state, p50, s", calls.micros(HALF) / MICROS, new Goal.AtMost(HALF));
    }
    return ratios;
  }

  private void create(ServiceProcess service) throws InterruptedException {
    AtomicInteger next = new AtomicInteger();
    List<Thread> clients = new ArrayList<>();
    List<Throwable> failures = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    try {
                      for (int n = next.getAndIncrement(); n < vsmmus; n = next.getAndIncrement()) {
                        create(service, n);
                      }
                    } catch (IOException | InterruptedException | RuntimeException failed) {
                      synchronized (failures) {
                        failures.add(failed);
                      }
                    }
                  }));
    }
    for (Thread client : clients) {
      client.join();
    }
    if (!failures.isEmpty()) {
      throw new IllegalStateException("A creation failed", failures.getFirst());
    }
  }

  private static void create(ServiceProcess service, int number)
      throws IOException, InterruptedException {
    HttpResponse<String> answer =
        service.post("/api/v1/vsmmus", "{\"name\":\"%s\"}".formatted(name(number)));
    if (answer.statusCode() != CREATED) {
      throw new IllegalStateException(answer.body());
    }
  }

  private static String name(int number) {
    return "idle-" + number;
  }

  private void lists(ServiceProcess service) throws Exception {
    String path = "/api/v1/vsmmus?limit=" + PAGE;
    Samples first = new Samples();
    first.take(LISTS, () -> page(service, path));
    note("GET /vsmmus?limit=%d, p50, ms".formatted(PAGE), first.micros(HALF) / 1000);
    long start = System.nanoTime();
    int pages = 0;
    String after = "";
    while (after != null) {
      Matcher more = NEXT.matcher(page(service, path + after));
      after = more.find() ? "&after=" + more.group(1) : null;
      pages++;
    }
    note("all %d pages of them, ms".formatted(pages), seconds(start) * 1000);
  }

  private static String page(ServiceProcess service, String path)
      throws IOException, InterruptedException {
    HttpResponse<String> answer = service.get(path);
    if (answer.statusCode() != OK) {
      throw new IllegalStateException(answer.body());
    }
    return answer.body();
  }

  private void note(String figure, double value) {
    goal(figure, value, Goal.NONE);
  }

  private void goal(String figure, double value, Goal goal) {
    Ratio ratio = new Ratio("P9", figure, value, 1, goal);
    Bench.show(ratio);
    ratios.add(ratio);
  }

  private static double seconds(long start) {
    return (System.nanoTime() - start) / 1e9;
  }
}
