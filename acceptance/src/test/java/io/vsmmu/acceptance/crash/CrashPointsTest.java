package io.vsmmu.acceptance.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.acceptance.crash.KillPlan.Kill;
import io.vsmmu.cli.file.LogFileCheck;
import io.vsmmu.testing.TestPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process with the parts of the service is killed with SIGKILL at each boundary of the code, one
 * after the other, on one database and journal. Each start checks what the process before it left
 * ({@link KilledParts}); the test checks that it is what was acknowledged.
 *
 * <p>{@code bench/crash} kills at every boundary several times; else each is reached once. {@code
 * -Dvsmmu.crash.seed=N} repeats the occurrences at which the processes are killed.
 */
@Tag("slow")
@EnabledOnOs(OS.LINUX)
class CrashPointsTest {

  private static final int ROUNDS = Integer.getInteger("vsmmu.crash.rounds", 1);
  private static final long SEED = Long.getLong("vsmmu.crash.seed", System.nanoTime());

  @TempDir Path folder;

  private final Random random = new Random(SEED);
  private final Set<String> imported = new HashSet<>();
  private final List<String> exported = new ArrayList<>();
  private String classPath = "";
  private long requested;
  private long acknowledged;

  /** The invalidations that the last start found. */
  private long found;

  @Test
  @Timeout(3600)
  void what_was_acknowledged_before_a_kill_at_a_boundary_is_there_after_it() throws Exception {
    System.out.printf("-Dvsmmu.crash.seed=%d%n", SEED);
    classPath = PartsProcess.classPath(folder);
    learn();
    for (int round = 0; round < ROUNDS; round++) {
      String url = TestPostgres.newDatabase();
      Path place = Files.createDirectories(folder.resolve("round" + round));
      forget();
      for (Kill kill : KillPlan.OF_PARTS) {
        killAt(kill, url, place);
      }
      finish(url, place);
    }
  }

  /** The first process ends in good order, and so leaves its classes to the others. */
  private void learn() throws Exception {
    Path place = Files.createDirectories(folder.resolve("first"));
    finish(TestPostgres.newDatabase(), place);
  }

  private void forget() {
    imported.clear();
    exported.clear();
    requested = 0;
    acknowledged = 0;
    found = 0;
  }

  private void killAt(Kill kill, String url, Path place) throws Exception {
    int times = 1 + random.nextInt(kill.most());
    long begun = System.nanoTime();
    // when
    try (PartsProcess process =
        PartsProcess.start(
            classPath, url, place, kill.work(), KillingObserver.options(kill.boundary(), times))) {
      Optional<String> start = process.awaitReady();
      if (start.isPresent()) {
        check(start.get());
        SurvivingGuest guest = new SurvivingGuest(socket(place));
        List<String> lines = process.awaitEnd();
        guest.end();
        requested = guest.requested();
        acknowledged = guest.acknowledged();
        see(lines, kill, process);
      } else {
        see(process.awaitEnd(), kill, process);
      }
    }
    System.out.printf(
        "%s at occurrence %d: %d to %d invalidations, %.1f s%n",
        kill.boundary(), times, acknowledged, requested, (System.nanoTime() - begun) / 1e9);
  }

  private static Path socket(Path place) {
    return place.resolve(KilledParts.GUEST + ".sock");
  }

  /** Takes over what a process printed until it was killed. */
  private void see(List<String> lines, Kill kill, PartsProcess process) throws Exception {
    assertThat(lines)
        .as("%s", process.err())
        .last()
        .isEqualTo(KillingObserver.REACHED + kill.boundary());
    for (String line : lines) {
      if (line.startsWith(KilledParts.IMPORTED)) {
        imported.add(line.substring(KilledParts.IMPORTED.length()));
      } else if (line.startsWith(KilledParts.EXPORTED)) {
        exported.add(line.substring(KilledParts.EXPORTED.length()));
      }
    }
  }

  /** Compares what a start found with what was acknowledged before. */
  private void check(String start) {
    String[] parts = start.split(" ", -1);
    long now = Long.parseLong(parts[0]);
    assertThat(now - found).isBetween(acknowledged, requested);
    found = now;
    requested = 0;
    acknowledged = 0;
    Map<String, String> logs = new TreeMap<>();
    for (String log : parts[1].split(",", -1)) {
      if (!log.isEmpty()) {
        logs.put(log.substring(0, log.indexOf('=')), log.substring(log.indexOf('=') + 1));
      }
    }
    assertThat(logs.keySet()).containsAll(imported);
    // All recordings are the same one.
    assertThat(new HashSet<>(logs.values())).hasSizeLessThan(2);
  }

  /** The last start works, replays the log, and ends in good order. */
  private void finish(String url, Path place) throws Exception {
    try (PartsProcess process =
        PartsProcess.start(classPath, url, place, Work.REPLAYS, List.of())) {
      Optional<String> start = process.awaitReady();
      assertThat(start).as("%s", process.err()).isPresent();
      check(start.get());
      SurvivingGuest guest = new SurvivingGuest(socket(place));
      guest.awaitAcknowledged(1);
      guest.end();
      assertThat(guest.acknowledged()).isPositive();
      assertThat(process.finish()).as("%s", process.err()).isZero();
    }
    checkExports(place);
  }

  private void checkExports(Path place) throws Exception {
    try (Stream<Path> files = Files.list(place)) {
      Set<String> intact = new HashSet<>();
      for (Path file : files.filter(it -> it.toString().endsWith(".vsmmu")).toList()) {
        if (LogFileCheck.of(file).intact()) {
          intact.add(file.getFileName().toString());
        }
      }
      // The process was killed before the end of the other files.
      assertThat(intact).containsExactlyInAnyOrderElementsOf(exported);
    }
  }
}
