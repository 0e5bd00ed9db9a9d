package io.vsmmu.journal;

import static io.vsmmu.journal.JournalFiles.SMALL;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random appends, syncs, releases, ends of the process and of the machine, compared with a list.
 * {@code -Dvsmmu.journal.seed=N} repeats one seed.
 */
@Tag("slow")
class RandomCrashTest {

  private static final int SEEDS = 40;
  private static final int LIVES = 8;

  @TempDir(factory = MemoryDirectory.class)
  Path directory;

  static LongStream seeds() {
    Long given = Long.getLong("vsmmu.journal.seed");
    return given != null ? LongStream.of(given) : new Random().longs(SEEDS);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void what_was_acknowledged_is_there_and_nothing_that_was_cut_returns(long seed)
      throws IOException {
    try {
      liveAndDie(seed);
    } catch (RuntimeException | AssertionError e) {
      throw new AssertionError("-Dvsmmu.journal.seed=%d".formatted(seed), e);
    }
  }

  private void liveAndDie(long seed) throws IOException {
    Random random = new Random(seed);
    RandomEntries entries = new RandomEntries(random);
    Acknowledged model = new Acknowledged();
    Path place = directory.resolve("life0");
    boolean powerLost = false;
    for (int life = 0; life < LIVES; life++) {
      // The database holds what was released, and perhaps more that was synced.
      long shipped = between(random, model.released, model.synced);
      long promised = powerLost ? model.synced : model.last();
      SimulatedDisk disk = new SimulatedDisk(place);
      Path crashed = directory.resolve("life" + (life + 1));
      try (Journal journal = start(place, shipped, disk)) {
        model.mustBeIn(journal, shipped, promised);
        disk.allSynced();
        live(journal, model, entries, random);
        powerLost = random.nextBoolean();
        if (powerLost) {
          JournalFiles.write(crashed, inAnotherBoot(disk.afterLossOfPower(random)));
        } else {
          JournalFiles.copy(place, crashed);
        }
      }
      JournalFiles.delete(place);
      place = crashed;
    }
  }

  private static void live(
      Journal journal, Acknowledged model, RandomEntries entries, Random random) {
    int steps = random.nextInt(30);
    for (int step = 0; step < steps; step++) {
      switch (random.nextInt(6)) {
        case 0 -> model.sync(journal);
        case 1 -> model.release(journal, between(random, model.released, model.synced));
        default -> {
          if (journal.availableBytes() > 3 * SMALL.segmentBytes()) {
            model.append(journal, entries.next(20), random.nextBoolean());
          }
        }
      }
    }
  }

  private static long between(Random random, long least, long most) {
    return least + random.nextInt((int) (most - least) + 1);
  }

  private static Journal start(Path place, long shipped, SimulatedDisk disk) {
    try (JournalRecovery recovery = JournalFiles.open(place, SMALL)) {
      return recovery.start(
          shipped,
          false,
          boundary -> {
            try {
              switch (boundary) {
                case SYNCED -> disk.allSynced();
                case SEGMENT_BEGUN -> disk.activeSynced();
                case RECOVERING, APPENDING, APPENDED, SYNCING, RELEASED -> {}
              }
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    }
  }

  private static Map<String, byte[]> inAnotherBoot(Map<String, byte[]> files) {
    Map<String, byte[]> changed = new HashMap<>();
    files.forEach(
        (name, bytes) -> {
          JournalFiles.inAnotherBoot(bytes);
          changed.put(name, bytes);
        });
    return changed;
  }
}
