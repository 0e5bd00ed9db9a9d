package io.vsmmu.bench;

import com.google.gson.JsonObject;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.CDPSession;
import com.microsoft.playwright.ElementHandle;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Mouse;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.BoundingBox;
import com.microsoft.playwright.options.LoadState;
import io.vsmmu.bench.Bench.Ratio;
import io.vsmmu.db.EventDatabase;
import io.vsmmu.debugger.timeline.TimelineProjection;
import io.vsmmu.debugger.timeline.TimelineTables;
import io.vsmmu.projections.lint.Checkpoints;
import io.vsmmu.projections.lint.FindingsProjection;
import io.vsmmu.projections.model.Projector;
import io.vsmmu.projections.model.Tables;
import io.vsmmu.projections.travel.TimeTravel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * WEB: the console in a headless Chromium, on a log of 10M events ({@link LongLog}) or of as many
 * as the argument says: when a view is first painted, how many bytes it loads, how many frames it
 * draws while its timeline is panned and zoomed, and how far it is behind a guest that it follows.
 */
final class ConsoleInBrowser {

  private static final long EVENTS = 10_000_000;

  private static final double GOAL_PAINT_SECONDS = 1;
  private static final double GOAL_KIBIBYTES = 300;
  private static final double FRAMES = 60;

  /** Share of 60 frames a second: a frame that is late by a millisecond is one that is missing. */
  private static final double GOAL_FRAMES = 0.95;

  private static final double GOAL_LAG_SECONDS = 1;
  private static final double GOAL_GROWTH_MEBIBYTES = 10;

  private static final int PAINTS = 5;
  private static final double MOVE_SECONDS = 10;
  private static final int PAN_PIXELS = 14;
  private static final double WHEEL_PIXELS = 60;
  private static final int WHEELS_IN = 90;
  private static final double FOLLOW_SECONDS = 30;
  private static final double WARM_UP_SECONDS = 10;

  /** Doorbells a second, each of at least one event. */
  private static final double DOORBELLS = 5_000;

  /** Entries of a doorbell. */
  private static final int ENTRIES = 2;

  private static final int LOOK_MILLIS = 250;
  private static final int PATIENCE_MILLIS = 60_000;
  private static final double HALF = 0.5;
  private static final double TAIL = 0.99;
  private static final double KIB = 1024;
  private static final double MIB = KIB * KIB;
  private static final int CREATED = 201;

  private static final String VSMMU = "long";
  private static final String FOLLOWED = "followed";
  private static final Pattern SOCKET = Pattern.compile("\"socket\"\\s*:\\s*\"([^\"]+)\"");
  private static final Pattern POSITION = Pattern.compile("\"position\"\\s*:\\s*([0-9]+)");
  private static final Pattern HOST_DEVICE = Pattern.compile("\"address\"\\s*:\\s*\"([^\"]+)\"");

  /** Keeps the time of each frame until {@code stopFrames} is called. */
  private static final String START_FRAMES =
      """
      () => {
        window.frames0 = [];
        const note = (time) => {
          window.frames0?.push(time);
          if (window.frames0) requestAnimationFrame(note);
        };
        requestAnimationFrame(note);
      }
      """;

  private static final String STOP_FRAMES =
      """
      () => {
        const times = window.frames0;
        window.frames0 = null;
        return times;
      }
      """;

  /** Bytes over the network, of the page's own files. */
  private static final String BYTES =
      """
      () => [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
        .filter((it) => !new URL(it.name).pathname.startsWith('/api/'))
        .reduce((all, it) => all + it.encodedBodySize, 0)
      """;

  private static final String FIRST_PAINT =
      "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? -1";

  private final Path folder;
  private final long events;
  private final List<Ratio> ratios = new ArrayList<>();

  /**
   * @param events of the log; 0 for {@link #EVENTS}
   */
  ConsoleInBrowser(Path folder, long events) {
    this.folder = folder;
    this.events = events == 0 ? EVENTS : events;
  }

  List<Ratio> measure() throws Exception {
    Path data = folder.resolve("console");
    write(data);
    try (ServiceProcess service = new ServiceProcess(data, "");
        Playwright playwright =
            Playwright.create(
                new Playwright.CreateOptions()
                    .setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        Browser browser = browser(playwright)) {
      paint(browser, service, "the overview", "/");
      paint(browser, service, "the timeline", "/#/vsmmus/" + VSMMU);
      frames(browser, service);
      follow(browser, service);
    }
    ServiceProcess.awaitLearned();
    return ratios;
  }

  private void write(Path data) throws IOException {
    try (OwnDatabase own = OwnDatabase.start(data)) {
      EventDatabase database = own.database();
      Tables.migrate(database.pool());
      TimelineTables.migrate(database.pool());
      LongLog.write(database, VSMMU, events);
      database.writer().awaitTail();
      TimeTravel travel = new TimeTravel(database.log(), database.snapshots());
      new Projector(
              database.pool(),
              database.log(),
              database.snapshots(),
              travel,
              new FindingsProjection(database.log(), travel, new Checkpoints(database.pool())),
              new TimelineProjection(database.log(), travel))
          .catchUp();
    }
    Bench.show("%,d events are written and projected".formatted(events));
  }

  private static Browser browser(Playwright playwright) {
    String chromium = System.getenv().getOrDefault("VSMMU_CHROMIUM", "/usr/bin/chromium");
    return playwright
        .chromium()
        .launch(
            new BrowserType.LaunchOptions()
                .setExecutablePath(Path.of(chromium))
                .setArgs(List.of("--enable-precise-memory-info"))
                .setChromiumSandbox(!"root".equals(System.getProperty("user.name"))));
  }

  private static Page page(Browser browser, ServiceProcess service) {
    BrowserContext context =
        browser.newContext(
            new Browser.NewContextOptions()
                .setViewportSize(1280, 800)
                .setExtraHTTPHeaders(Map.of("Authorization", service.authorization()))
                .setBaseURL(service.url().toString()));
    context.setDefaultTimeout(PATIENCE_MILLIS);
    return context.newPage();
  }

  /** In a browser that has nothing of the page yet. */
  private void paint(Browser browser, ServiceProcess service, String view, String address) {
    List<Double> seconds = new ArrayList<>();
    double bytes = 0;
    for (int i = 0; i < PAINTS; i++) {
      Page page = page(browser, service);
      page.navigate(address);
      page.waitForLoadState(LoadState.NETWORKIDLE);
      seconds.add(number(page.evaluate(FIRST_PAINT)) / 1e3);
      bytes = number(page.evaluate(BYTES));
      page.context().close();
    }
    double median = seconds.stream().sorted().skip(PAINTS / 2).findFirst().orElseThrow();
    goal("first paint of " + view + ", s", median, 1, new Goal.AtMost(GOAL_PAINT_SECONDS));
    goal(
        "what " + view + " loads, compressed, KiB",
        bytes / KIB,
        1,
        new Goal.AtMost(GOAL_KIBIBYTES));
  }

  private void frames(Browser browser, ServiceProcess service) {
    Page page = page(browser, service);
    page.navigate("/#/vsmmus/" + VSMMU);
    page.waitForLoadState(LoadState.NETWORKIDLE);
    BoundingBox plot = page.locator("vs-timeline #events").boundingBox();
    double middle = plot.x + plot.width / 2;
    double y = plot.y + plot.height / 3;
    page.mouse().move(middle, y);
    // Not measured: the code is compiled meanwhile.
    zoom(page, WHEELS_IN, 1);
    measured(page, "zooming from the whole log to events and back", () -> zoom(page, WHEELS_IN, 1));
    page.keyboard().press("0");
    for (int i = 0; i < WHEELS_IN / 2; i++) {
      page.mouse().wheel(0, -WHEEL_PIXELS);
    }
    measured(page, "panning", () -> pan(page, plot, y));
    page.context().close();
  }

  /** Work that ends by itself after some steps. */
  private interface Gesture {
    void run();
  }

  private void measured(Page page, String what, Gesture gesture) {
    page.evaluate(START_FRAMES);
    long end = System.nanoTime() + (long) (MOVE_SECONDS * 1e9);
    while (System.nanoTime() < end) {
      gesture.run();
    }
    double[] times =
        ((List<?>) page.evaluate(STOP_FRAMES))
            .stream().mapToDouble(ConsoleInBrowser::number).toArray();
    double[] waits = new double[times.length - 1];
    Arrays.setAll(waits, i -> times[i + 1] - times[i]);
    Arrays.sort(waits);
    double rate = waits.length / ((times[times.length - 1] - times[0]) / 1e3);
    Bench.show(
        "%s: %.1f frames/s, from one to the next p50 %.1f ms, p99 %.1f ms, longest %.0f ms"
            .formatted(
                what,
                rate,
                waits[(int) (waits.length * HALF)],
                waits[(int) (waits.length * TAIL)],
                waits[waits.length - 1]));
    goal("frames/s, " + what, rate, FRAMES, new Goal.AtLeast(GOAL_FRAMES));
  }

  private static void zoom(Page page, int steps, int times) {
    for (int round = 0; round < times; round++) {
      for (int direction : new int[] {-1, 1}) {
        for (int i = 0; i < steps; i++) {
          page.mouse().wheel(0, direction * WHEEL_PIXELS);
        }
      }
    }
  }

  /** Drags the plot to the right and to the left. */
  private static void pan(Page page, BoundingBox plot, double y) {
    double left = plot.x + 50;
    double right = plot.x + plot.width - 50;
    Mouse mouse = page.mouse();
    mouse.move(left, y);
    mouse.down();
    for (double x = left; x < right; x += PAN_PIXELS) {
      mouse.move(x, y);
    }
    mouse.up();
    mouse.move(right, y);
    mouse.down();
    for (double x = right; x > left; x -= PAN_PIXELS) {
      mouse.move(x, y);
    }
    mouse.up();
  }

  private void follow(Browser browser, ServiceProcess service) throws Exception {
    try (LiveGuest guest = new LiveGuest(Path.of(started(service)))) {
      AtomicBoolean running = new AtomicBoolean(true);
      List<Throwable> failures = new ArrayList<>();
      Thread busy =
          Thread.ofPlatform()
              .start(
                  () -> {
                    try {
                      unmap(guest, running);
                    } catch (IOException | RuntimeException failed) {
                      failures.add(failed);
                    }
                  });
      try {
        watch(browser, service);
      } finally {
        running.set(false);
        busy.join();
      }
      if (!failures.isEmpty()) {
        throw new IllegalStateException("The guest failed", failures.getFirst());
      }
    }
  }

  /** Creates a vSMMU with a device; gives its socket. */
  private static String started(ServiceProcess service) throws IOException, InterruptedException {
    var created = service.post("/api/v1/vsmmus", "{\"name\":\"%s\"}".formatted(FOLLOWED));
    if (created.statusCode() != CREATED) {
      throw new IllegalStateException(created.body());
    }
    // The first ones are the long log's.
    String device =
        HOST_DEVICE
            .matcher(service.get("/api/v1/hosts/local").body())
            .results()
            .reduce((one, next) -> next)
            .orElseThrow()
            .group(1);
    var attached =
        service.post(
            "/api/v1/vsmmus/" + FOLLOWED + "/devices",
            "{\"hostDevice\":\"%s\",\"sid\":\"0x%x\"}".formatted(device, LiveGuest.STREAM));
    if (attached.statusCode() != CREATED) {
      throw new IllegalStateException(attached.body());
    }
    return first(SOCKET, created.body());
  }

  /**
   * Posts doorbells at an even pace, without waiting for their completion; a delay is made up for.
   */
  private static void unmap(LiveGuest guest, AtomicBoolean running) throws IOException {
    guest.prepareStorm();
    long start = System.nanoTime();
    for (long done = 0; running.get(); done++) {
      long due = start + (long) (done * 1e9 / DOORBELLS);
      LockSupport.parkNanos(due - System.nanoTime());
      guest.post(ENTRIES);
    }
  }

  private void watch(Browser browser, ServiceProcess service) throws Exception {
    Page page = page(browser, service);
    page.navigate("/#/vsmmus/" + FOLLOWED + "?live=1");
    Locator cursor = page.getByRole(AriaRole.SLIDER, new Page.GetByRoleOptions().setName("Cursor"));
    ElementHandle shown = cursor.elementHandle();
    CDPSession session = page.context().newCDPSession(page);
    lags(service, page, shown, WARM_UP_SECONDS);
    double before = heap(session);
    long events = newest(service);
    long start = System.nanoTime();
    Samples lags = lags(service, page, shown, FOLLOW_SECONDS);
    double rate = (newest(service) - events) / ((System.nanoTime() - start) / 1e9);
    double grown = (heap(session) - before) / MIB;
    Bench.show(
        "a guest that makes %,.0f events/s is followed for %.0f s: lag p50 %.0f ms, p99 %.0f ms; heap %.1f MiB, grown by %.1f MiB"
            .formatted(
                rate,
                FOLLOW_SECONDS,
                lags.micros(HALF) / 1e3,
                lags.micros(TAIL) / 1e3,
                before / MIB,
                grown));
    note("events/s of the guest that is followed", rate);
    goal(
        "an event until it is shown, s, p99",
        lags.micros(TAIL) / 1e6,
        1,
        new Goal.AtMost(GOAL_LAG_SECONDS));
    goal(
        "growth of the heap in %.0f s, MiB".formatted(FOLLOW_SECONDS),
        Math.max(0, grown),
        1,
        new Goal.AtMost(GOAL_GROWTH_MEBIBYTES));
    page.context().close();
  }

  /** From the moment at which an event is the newest one until the cursor is at it or behind it. */
  private static Samples lags(
      ServiceProcess service, Page page, ElementHandle cursor, double seconds) throws Exception {
    Samples lags = new Samples();
    long end = System.nanoTime() + (long) (seconds * 1e9);
    while (System.nanoTime() < end) {
      long newest = newest(service);
      lags.take(
          1,
          () ->
              page.waitForFunction(
                  "([cursor, newest]) => Number(cursor.getAttribute('aria-valuenow')) >= newest",
                  List.of(cursor, (double) newest)));
      Thread.sleep(LOOK_MILLIS);
    }
    return lags;
  }

  private static long newest(ServiceProcess service) throws IOException, InterruptedException {
    return Long.parseLong(
        first(
            POSITION,
            service.get("/api/v1/vsmmus/" + FOLLOWED + "/events?fraction=1&limit=1").body()));
  }

  /** Bytes of JavaScript that are in use after a collection. */
  private static double heap(CDPSession session) {
    session.send("HeapProfiler.collectGarbage");
    JsonObject usage = session.send("Runtime.getHeapUsage");
    return usage.get("usedSize").getAsDouble();
  }

  private static String first(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    if (!matcher.find()) {
      throw new IllegalStateException("%s is not in %s".formatted(pattern, text));
    }
    return matcher.group(1);
  }

  private static double number(Object value) {
    return ((Number) value).doubleValue();
  }

  private void note(String what, double value) {
    goal(what, value, 1, Goal.NONE);
  }

  private void goal(String what, double value, double reference, Goal goal) {
    Ratio ratio = new Ratio("WEB", what, value, reference, goal);
    Bench.show(ratio);
    ratios.add(ratio);
  }
}
