package io.vsmmu.journal;

import static io.vsmmu.journal.JournalFiles.SMALL;
import static io.vsmmu.journal.JournalFiles.copy;
import static io.vsmmu.journal.JournalFiles.delete;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SIGKILL leaves the page cache: a copy of the files at a boundary is what a new process finds. */
class DeathTest {

  @TempDir(factory = MemoryDirectory.class)
  Path directory;

  private final Map<JournalBoundary, Integer> deaths = new EnumMap<>(JournalBoundary.class);
  private final List<Death> found = new ArrayList<>();

  /** A copy of the files, and what was acknowledged when it was made. */
  private record Death(JournalBoundary boundary, Path copy, Acknowledged then) {}

  private Path next() {
    return directory.resolve("copy" + found.size());
  }

  /** A copy takes time, so the steps of the thread that makes segments ahead are left out. */
  private JournalBoundary.Observer copying(Path journal, Acknowledged model) {
    Thread working = Thread.currentThread();
    return boundary -> {
      if (Thread.currentThread() != working) {
        return;
      }
      try {
        found.add(new Death(boundary, copy(journal, next()), model.now()));
        deaths.merge(boundary, 1, Integer::sum);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    };
  }

  private static Journal start(Path directory, long shipped, JournalBoundary.Observer observer) {
    try (JournalRecovery recovery = JournalFiles.open(directory, SMALL)) {
      return recovery.start(shipped, false, observer);
    }
  }

  @Test
  void a_process_may_die_at_each_boundary_and_nothing_acknowledged_is_missing() throws Exception {
    // given a run over several segments, with syncs and releases
    long seed = System.nanoTime();
    RandomEntries random = new RandomEntries(new Random(seed));
    Acknowledged model = new Acknowledged();
    Path own = directory.resolve("journal");
    try (Journal journal = start(own, 0, copying(own, model))) {
      for (int i = 0; i < 60; i++) {
        boolean sync = i % 3 == 0;
        model.append(journal, random.next(3), sync);
        if (sync) {
          model.sync(journal);
        }
        if (i % 8 == 7) {
          model.release(journal, model.last() - i % 5);
        }
      }
    }
    // when the process dies at each boundary, and again after its next start
    for (Death death : List.copyOf(found)) {
      for (long shipped : List.of(death.then().released, death.then().last())) {
        Path again = copy(death.copy(), directory.resolve("again"));
        Acknowledged then = death.then().now();
        String context = "seed %d, %s, %s".formatted(seed, death, shipped);
        Path killed = directory.resolve("killed");
        try (Journal journal = start(again, shipped, JournalBoundary.Observer.NONE)) {
          then.mustBeIn(journal, shipped, then.last());
          then.append(journal, random.next(5), false);
          copy(again, killed);
        } catch (RuntimeException | AssertionError e) {
          throw new AssertionError(context, e);
        }
        try (Journal journal = start(killed, shipped, JournalBoundary.Observer.NONE)) {
          then.mustBeIn(journal, shipped, then.last());
        } catch (RuntimeException | AssertionError e) {
          throw new AssertionError(context, e);
        }
        delete(again);
        delete(killed);
      }
    }
    // then each kind of boundary was among them
    Set<JournalBoundary> expected =
        EnumSet.range(JournalBoundary.APPENDING, JournalBoundary.RECYCLED);
    expected.removeAll(Set.of(JournalBoundary.SEGMENT_MAKING, JournalBoundary.SEGMENT_MADE));
    for (JournalBoundary boundary : expected) {
      assertTrue(deaths.getOrDefault(boundary, 0) > 0, boundary + " in " + deaths);
    }
  }

  @Test
  void a_recovery_after_a_loss_of_power_may_be_killed_at_each_step() throws Exception {
    // given segments of which the second has lost frames that were never synced
    Acknowledged model = new Acknowledged();
    RandomEntries random = new RandomEntries(new Random(3));
    Path own = directory.resolve("journal");
    Path lost = directory.resolve("lost");
    try (Journal journal = start(own, 0, JournalBoundary.Observer.NONE)) {
      while (journal.segments().size() < 4) {
        model.append(journal, random.next(3), false);
        if (journal.segments().size() == 1) {
          model.sync(journal);
        }
      }
      copy(own, lost);
    }
    JournalFiles.change(
        JournalFiles.segment(lost, 2), bytes -> java.util.Arrays.fill(bytes, 4096, 6144, (byte) 9));
    JournalFiles.inAnotherBoot(lost);
    Acknowledged cut = model.now();
    // when the recovery dies at each of its steps
    try (Journal journal = start(lost, 0, copying(lost, model))) {
      cut.mustBeIn(journal, 0, model.synced);
    }
    // then the next one ends at the same position
    assertTrue(deaths.get(JournalBoundary.RECOVERING) >= 4, deaths.toString());
    for (Death death : List.copyOf(found)) {
      try (Journal journal = start(death.copy(), 0, JournalBoundary.Observer.NONE)) {
        assertEquals(cut.last(), journal.last(), death.toString());
        cut.now().mustBeIn(journal, 0, cut.last());
      }
    }
  }
}
