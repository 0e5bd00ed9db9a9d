package io.vsmmu.acceptance.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.scripted.guest.Await;
import io.vsmmu.scripted.guest.MemoryManner;
import io.vsmmu.scripted.guest.ScriptedGuest;
import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.QueuePointer;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Guests and a REST client that work on a service, each on a thread of its own, and what was
 * acknowledged to them. The process of the test keeps that, so it survives the service.
 */
final class AcknowledgedWork implements AutoCloseable {

  static final String COMMITTED = "committed";
  static final String JOURNALED = "journaled";

  /** Without a guest: it is paused and resumed. */
  static final String OPERATED = "operated";

  private static final int INVALIDATIONS = 8;

  /** vSMMUs that the REST client makes in a round. */
  private static final int CREATED = 3;

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration PAUSE = Duration.ofMillis(20);
  private static final Duration PACE = Duration.ofMillis(2);
  private static final Duration POLL = Duration.ofNanos(50_000);

  private final ServiceProcess service;
  private final Path data;
  private final String round;
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean stopped;

  /** The Idempotency-Key and the path of the operation that was requested last. */
  private volatile String key = "";

  private volatile String keyed = "";

  final Count committed = new Count(COMMITTED, 3 * INVALIDATIONS);
  final Count journaled = new Count(JOURNALED, 3 * INVALIDATIONS);
  final Count operated = new Count(OPERATED, 3);
  private final List<String> created = new CopyOnWriteArrayList<>();

  /** Requested and acknowledged; written by one thread. */
  static final class Count {
    private final String name;
    private final int few;
    private volatile long requested;
    private volatile long acknowledged;

    /** Why the thread has ended, or what it was refused last with. */
    private volatile String end = "";

    Count(String name, int few) {
      this.name = name;
      this.few = few;
    }

    long requested() {
      return requested;
    }

    long acknowledged() {
      return acknowledged;
    }
  }

  private AcknowledgedWork(ServiceProcess service, Path data, String round) {
    this.service = service;
    this.data = data;
    this.round = round;
  }

  /** Makes the vSMMUs of all rounds. */
  static void create(ServiceProcess service) throws Exception {
    for (String name : List.of(COMMITTED, JOURNALED, OPERATED)) {
      String durability = name.equals(COMMITTED) ? "committed" : "journaled";
      service.post(
          "/api/v1/vsmmus", "{\"name\":\"%s\",\"durability\":\"%s\"}".formatted(name, durability));
    }
  }

  /**
   * Begins, and returns when everyone's work was acknowledged a few times.
   *
   * @param round names the vSMMUs that the REST client makes
   */
  static AcknowledgedWork begun(ServiceProcess service, Path data, String round) {
    AcknowledgedWork work = new AcknowledgedWork(service, data, round);
    work.threads.add(Thread.ofPlatform().start(() -> work.guest(COMMITTED, work.committed)));
    work.threads.add(Thread.ofPlatform().start(() -> work.guest(JOURNALED, work.journaled)));
    work.threads.add(Thread.ofPlatform().start(work::operator));
    work.awaitMore();
    return work;
  }

  /** Waits until everyone's work was acknowledged a few times more. */
  void awaitMore() {
    for (Count count : List.of(committed, journaled, operated)) {
      long enough = count.acknowledged + count.few;
      boolean done = Await.within(PATIENCE, PAUSE, () -> count.acknowledged >= enough);
      assertThat(done).as("%d are acknowledged of %s, %s", enough, count.name, count.end).isTrue();
    }
  }

  /** The names of the vSMMUs whose creation was acknowledged. */
  List<String> created() {
    return created;
  }

  private void guest(String name, Count count) {
    try (ScriptedGuest guest = connected(name)) {
      guest.boot();
      for (long page = 0; !stopped; page += INVALIDATIONS) {
        List<CommandEntry> entries = new ArrayList<>();
        for (int i = 0; i < INVALIDATIONS; i++) {
          entries.add(ScriptedGuest.invalidate(page + i));
        }
        count.requested += INVALIDATIONS;
        guest.commands().put(entries);
        QueuePointer sync = guest.commands().startSync();
        while (!guest.commands().synced(sync) && !stopped) {
          Thread.sleep(POLL);
        }
        if (guest.commands().synced(sync)) {
          count.acknowledged += INVALIDATIONS;
        }
        // A log that is read and replayed again and again should not be longer than is needed.
        Thread.sleep(PACE);
      }
    } catch (IOException | InterruptedException | RuntimeException | AssertionError gone) {
      // The service was killed: what it had not acknowledged was not counted.
      count.end = gone.toString();
    }
  }

  /** A service that has just started makes its sockets one after the other. */
  private ScriptedGuest connected(String name) throws IOException {
    Path socket = data.resolve("vsmmu").resolve(name + ".sock");
    List<ScriptedGuest> guest = new ArrayList<>();
    Await.within(
        PATIENCE,
        () -> {
          try {
            return guest.add(ScriptedGuest.connect(socket, MemoryManner.DESCRIPTOR));
          } catch (IOException | RuntimeException notYet) {
            return false;
          }
        });
    if (guest.isEmpty()) {
      throw new IOException("no connection to " + socket);
    }
    return guest.getFirst();
  }

  private void operator() {
    try {
      // The service may have been killed while it was paused; then this resumes it.
      operated.requested++;
      service.post(operation("resume"), "");
      for (int i = 0; !stopped; i++) {
        String name = "made-%s-%d".formatted(round, i);
        if (i < CREATED && service.create(name).statusCode() == 201) {
          created.add(name);
        }
        operate("pause");
        operate("resume");
      }
    } catch (Exception gone) {
      operated.end = gone.toString();
    }
  }

  /**
   * Asks until it is acknowledged. One that could not be answered without the database may have
   * taken effect: then it is a conflict to ask again.
   */
  private void operate(String how) throws Exception {
    operated.requested++;
    key = UUID.randomUUID().toString();
    keyed = operation(how);
    while (!stopped) {
      HttpResponse<String> answer = service.post(keyed, "", key);
      if (answer.statusCode() == 200 || answer.statusCode() == 409) {
        operated.acknowledged++;
        return;
      }
      operated.end = "refused last with " + answer.body();
    }
  }

  /**
   * Repeats the operation that was under way when the service was killed, with its key. It takes
   * effect now if the key was not claimed, and not again if it was: then it gets the answer of
   * before, or a refusal that says that it was interrupted.
   */
  void repeat(ServiceProcess next) throws Exception {
    HttpResponse<String> answer = next.post(keyed, "", key);
    assertThat(answer.statusCode()).as(answer.body()).isIn(200, 409);
  }

  private static String operation(String how) {
    return "/api/v1/vsmmus/%s:%s".formatted(OPERATED, how);
  }

  /** Ends the work; what is acknowledged from now on does not count. */
  @Override
  public void close() {
    stopped = true;
    for (Thread thread : threads) {
      try {
        thread.join(PATIENCE);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
