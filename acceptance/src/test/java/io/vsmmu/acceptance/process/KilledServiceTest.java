package io.vsmmu.acceptance.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.acceptance.crash.KillPlan;
import io.vsmmu.cli.output.ExitCode;
import io.vsmmu.journal.JournalBoundary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A whole service is killed with SIGKILL at a boundary, or its PostgreSQL is, or both, while guests
 * and a REST client work. Afterwards everything that was acknowledged is in the log, and no request
 * has had its effect twice. {@code CrashPointsTest} kills at the boundaries that no request is
 * needed for.
 *
 * <p>{@code lab/faults} kills each victim at every boundary of the journal and of requests; else
 * each boundary of requests is tried, and PostgreSQL ends at one of the journal.
 */
@Tag("slow")
@EnabledOnOs(OS.LINUX)
class KilledServiceTest {

  private static final boolean ALL = Boolean.getBoolean("vsmmu.faults.all");

  private static final Set<JournalBoundary> OF_A_START =
      EnumSet.of(JournalBoundary.RECOVERING, JournalBoundary.BINDING, JournalBoundary.BOUND);

  /** Reached for certain only while the database takes nothing: segments are used again. */
  private static final Set<JournalBoundary> OF_A_GROWING_JOURNAL =
      EnumSet.of(JournalBoundary.SEGMENT_MAKING, JournalBoundary.SEGMENT_MADE);

  private static final Duration SHORT_WORK = Duration.ofMillis(300);
  private static final JsonMapper JSON = JsonMapper.shared();

  @TempDir Path folder;

  private ServiceProcess service;

  /** What {@link #checkLog} has seen of each vSMMU, by name. */
  private final Map<String, Seen> seen = new HashMap<>();

  /** The invalidations in the log of a vSMMU, when they were counted last. */
  private final Map<String, Long> invalidations = new HashMap<>();

  /** The last position up to which there is no hole. */
  private long position;

  private enum Victim {
    SERVICE,
    POSTGRESQL,
    BOTH
  }

  /**
   * A fault.
   *
   * @param boundary the enum's simple name and the constant
   */
  private record Fault(String boundary, Victim victim) {

    static Fault of(JournalBoundary boundary, Victim victim) {
      return new Fault(BoundaryPause.nameOf(boundary), victim);
    }

    private boolean isOneOf(Set<JournalBoundary> some) {
      return some.stream().anyMatch(it -> BoundaryPause.nameOf(it).equals(boundary));
    }
  }

  /** The events of one vSMMU. */
  private static final class Seen {
    private long events;
    private long after;
    private final Map<String, Long> types = new HashMap<>();
  }

  private static List<Fault> faults() {
    List<Fault> faults = new ArrayList<>();
    if (ALL) {
      for (Victim victim : Victim.values()) {
        for (JournalBoundary boundary : JournalBoundary.values()) {
          faults.add(Fault.of(boundary, victim));
        }
        KillPlan.OF_REQUESTS.forEach(boundary -> faults.add(new Fault(boundary, victim)));
      }
    } else {
      faults.add(Fault.of(JournalBoundary.SHIPPING, Victim.POSTGRESQL));
      for (String boundary : KillPlan.OF_REQUESTS) {
        boolean both = boundary.endsWith("CARRIED_OUT");
        faults.add(new Fault(boundary, both ? Victim.BOTH : Victim.SERVICE));
      }
    }
    return faults;
  }

  private Path data() {
    return folder.resolve("data");
  }

  private void begin() throws IOException {
    Path list = Files.createDirectories(folder.resolve("classes"));
    service =
        ServiceProcess.begun(
            data(),
            folder,
            List.of(BoundaryPause.option(folder)),
            List.of(BoundaryPause.classPath(list)));
  }

  private void start() throws IOException {
    begin();
    service.awaitUrl();
  }

  @AfterEach
  void stop() {
    service.close();
  }

  @Test
  @Timeout(value = 30, unit = TimeUnit.MINUTES)
  void everything_that_was_acknowledged_before_a_kill_is_in_the_log_after_it() throws Exception {
    // given
    start();
    AcknowledgedWork.create(service);
    checkLog();
    for (Fault fault : faults()) {
      long begun = System.nanoTime();
      // when
      AcknowledgedWork work = AcknowledgedWork.begun(service, data(), "r" + position);
      if (fault.isOneOf(OF_A_START)) {
        killAtAStart(work, fault);
      } else {
        killAtWork(work, fault);
      }
      // then
      if (fault.victim() != Victim.POSTGRESQL) {
        work.repeat(service);
      }
      checkAcknowledged(fault, work);
      System.out.printf(
          "%s of %s: %d, %d, %d acknowledged, %d events, %.1f s%n",
          fault.victim(),
          fault.boundary(),
          work.committed.acknowledged(),
          work.journaled.acknowledged(),
          work.operated.acknowledged(),
          position,
          (System.nanoTime() - begun) / 1e9);
    }
    failASync();
    replay();
  }

  private void killAtWork(AcknowledgedWork work, Fault fault) throws Exception {
    BoundaryPause.want(folder, fault.boundary());
    boolean stops = fault.isOneOf(OF_A_GROWING_JOURNAL);
    if (stops) {
      signal("STOP");
    }
    ServiceProcess.await(fault + " is reached", () -> BoundaryPause.isReached(folder));
    kill(fault.victim());
    if (stops && fault.victim() == Victim.SERVICE) {
      signal("CONT");
    }
    if (fault.victim() == Victim.POSTGRESQL) {
      BoundaryPause.letGo(folder);
      work.awaitMore();
      work.close();
      ServiceProcess.await("the service is ready", this::isReady);
    } else {
      work.close();
      start();
    }
  }

  private void killAtAStart(AcknowledgedWork work, Fault fault) throws Exception {
    Thread.sleep(SHORT_WORK);
    kill(Victim.SERVICE);
    work.close();
    BoundaryPause.want(folder, fault.boundary());
    begin();
    ServiceProcess.await(fault + " is reached", () -> BoundaryPause.isReached(folder));
    kill(fault.victim());
    if (fault.victim() == Victim.POSTGRESQL) {
      BoundaryPause.letGo(folder);
    }
    try {
      service.awaitUrl();
      ServiceProcess.await("the service is ready", this::isReady);
    } catch (IOException ended) {
      start();
    }
  }

  /** The rule for a device that fails: what is not on it is not acknowledged, and nothing more. */
  private void failASync() throws Exception {
    AcknowledgedWork work = AcknowledgedWork.begun(service, data(), "eio");
    BoundaryPause.want(folder, BoundaryPause.EIO);
    ServiceProcess.await("a sync", () -> BoundaryPause.isReached(folder));
    // What was acknowledged before, its guest may notice now.
    Thread.sleep(SHORT_WORK);
    long before = work.committed.acknowledged();
    BoundaryPause.letGo(folder);

    assertThat(service.exitCode()).isEqualTo(ExitCode.LOG_LOST.value());
    work.close();
    assertThat(service.err()).contains("cannot be synced", "EIO");
    assertThat(work.committed.acknowledged()).isEqualTo(before);
    start();
    checkAcknowledged(Fault.of(JournalBoundary.SYNCING, Victim.SERVICE), work);
  }

  private void kill(Victim victim) throws Exception {
    if (victim != Victim.SERVICE) {
      ProcessHandle server = postmaster();
      List<ProcessHandle> backends = server.children().toList();
      server.destroyForcibly();
      backends.forEach(ProcessHandle::destroyForcibly);
    }
    if (victim != Victim.POSTGRESQL) {
      service.kill();
    }
  }

  /** Sends a signal to PostgreSQL's processes. */
  private void signal(String name) throws Exception {
    ProcessHandle server = postmaster();
    List<String> command = new ArrayList<>(List.of("kill", "-" + name));
    Stream.concat(Stream.of(server), server.children())
        .forEach(process -> command.add(String.valueOf(process.pid())));
    new ProcessBuilder(command).start().waitFor();
  }

  private ProcessHandle postmaster() throws IOException {
    String pid = Files.readAllLines(data().resolve("postgres/postmaster.pid")).getFirst();
    return ProcessHandle.of(Long.parseLong(pid.strip())).orElseThrow();
  }

  private boolean isReady() {
    try {
      return service.get("/actuator/health/readiness").statusCode() == 200;
    } catch (Exception notYet) {
      return false;
    }
  }

  private void checkAcknowledged(Fault fault, AcknowledgedWork work) throws Exception {
    long operations = operations();
    long committed = invalidations.getOrDefault(AcknowledgedWork.COMMITTED, 0L);
    long journaled = invalidations.getOrDefault(AcknowledgedWork.JOURNALED, 0L);
    checkLog();
    within(fault, work.committed, invalidations(AcknowledgedWork.COMMITTED) - committed);
    within(fault, work.journaled, invalidations(AcknowledgedWork.JOURNALED) - journaled);
    within(fault, work.operated, operations() - operations);
    assertThat(seen.keySet()).as("%s", fault).containsAll(work.created());
    if (ALL) {
      replay();
    }
  }

  private static void within(Fault fault, AcknowledgedWork.Count count, long found) {
    assertThat(found).as("%s", fault).isBetween(count.acknowledged(), count.requested());
  }

  private long invalidations(String name) throws Exception {
    long found =
        json("/api/v1/vsmmus/" + name + "/state").path("commands").path("TLBI_NH_VA").asLong();
    invalidations.put(name, found);
    return found;
  }

  private long operations() {
    Map<String, Long> types = seen.get(AcknowledgedWork.OPERATED).types;
    return types.getOrDefault("VsmmuPaused", 0L) + types.getOrDefault("VsmmuResumed", 0L);
  }

  /** No hole among the positions, nor among the sequences of a vSMMU; and its chain is intact. */
  private void checkLog() throws Exception {
    Set<Long> more = new TreeSet<>();
    // A guest that has left a service that lives may still add the end of its connection.
    ServiceProcess.await("positions without a hole after %d".formatted(position), () -> read(more));
    position += more.size();
    // One that was registered and not created, so not acknowledged either; the next start discards
    // it.
    seen.values().removeIf(vsmmu -> vsmmu.events == 0);
    for (String name : seen.keySet()) {
      JsonNode chain = json("/api/v1/vsmmus/" + name + "/chain");
      assertThat(chain.path("intact").asBoolean()).as("%s", chain).isTrue();
      assertThat(chain.path("events").asLong())
          .as(name)
          .isGreaterThanOrEqualTo(seen.get(name).events);
    }
  }

  /** Reads what is new; whether its positions follow each other. */
  private boolean read(Set<Long> positions) {
    try {
      for (JsonNode vsmmu : json("/api/v1/vsmmus?limit=1000").path("items")) {
        String name = vsmmu.path("name").asString();
        read(name, seen.computeIfAbsent(name, first -> new Seen()), positions);
      }
    } catch (Exception failed) {
      throw new IllegalStateException(failed);
    }
    return new ArrayList<>(positions)
        .equals(LongStream.rangeClosed(position + 1, position + positions.size()).boxed().toList());
  }

  private void read(String name, Seen into, Set<Long> positions) throws Exception {
    JsonNode page;
    do {
      page = json("/api/v1/vsmmus/%s/events?limit=1000&after=%d".formatted(name, into.after));
      for (JsonNode event : page.path("items")) {
        assertThat(event.path("sequence").asLong()).as(name).isEqualTo(into.events);
        into.events++;
        into.after = event.path("position").asLong();
        into.types.merge(event.path("type").asString(), 1L, Long::sum);
        positions.add(into.after);
      }
    } while (!page.path("next").isNull());
  }

  private void replay() throws Exception {
    for (String name :
        List.of(
            AcknowledgedWork.COMMITTED, AcknowledgedWork.JOURNALED, AcknowledgedWork.OPERATED)) {
      for (String mode : List.of("events", "commands")) {
        String body = "{\"vsmmu\":\"%s\",\"mode\":\"%s\",\"verify\":true}".formatted(name, mode);
        JsonNode begun = JSON.readTree(service.post("/api/v1/replays", body).body());
        String path = "/api/v1/replays/" + begun.path("id").asString();
        ServiceProcess.await("a replay", () -> !status(path).equals("RUNNING"));
        JsonNode replay = json(path);
        assertThat(replay.path("status").asString()).as("%s", replay).isEqualTo("DONE");
        assertThat(replay.path("diverged").asLong()).as("%s", replay).isZero();
      }
    }
  }

  private String status(String path) {
    try {
      return json(path).path("status").asString();
    } catch (Exception failed) {
      throw new IllegalStateException(failed);
    }
  }

  private JsonNode json(String path) throws Exception {
    var answer = service.get(path);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return JSON.readTree(answer.body());
  }
}
