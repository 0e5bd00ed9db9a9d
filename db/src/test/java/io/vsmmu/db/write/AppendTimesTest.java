package io.vsmmu.db.write;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Time is given, so a year takes no time. */
class AppendTimesTest {

  private static final long MILLI = Duration.ofMillis(1).toNanos();

  private final AppendTimes times = new AppendTimes();
  private long now = System.nanoTime();

  /** When each position was appended, from 1. */
  private final List<Long> appended = new ArrayList<>();

  private long greatest;

  private void append(long after) {
    now += after;
    appended.add(now);
    times.note(appended.size(), now);
  }

  private long actualAge(long position) {
    long age = now - appended.get((int) position - 1);
    greatest = Math.max(greatest, age);
    return age;
  }

  private void ageOf(long position) {
    long actual = actualAge(position);
    assertThat(times.age(position, now).toNanos())
        .as("position %d of %d", position, appended.size())
        .isBetween(actual, actual + Math.max(10 * MILLI, greatest / 100));
  }

  @Test
  void the_age_of_the_oldest_event_does_not_begin_anew_with_a_batch() {
    // given one event each millisecond, of which a batch of 100 is shipped each 200
    append(MILLI);
    for (long shipped = 0; shipped < 20_000; shipped += 100) {
      for (int i = 0; i < 200; i++) {
        append(MILLI);
      }
      times.forget(shipped);
      // then
      ageOf(shipped + 1);
    }
    assertThat(times.age(20_000, now)).isGreaterThan(Duration.ofSeconds(19));
  }

  @Test
  void ages_are_right_within_a_hundredth_of_the_greatest_whatever_the_rate() {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    long shipped = 0;
    for (int round = 0; round < 300; round++) {
      long gap = 1 + random.nextLong(1L << (10 + random.nextInt(25)));
      for (int i = random.nextInt(500); i >= 0; i--) {
        append(1 + random.nextLong(gap));
      }
      // The oldest event is oldest before it is shipped.
      actualAge(shipped + 1);
      if (random.nextInt(4) == 0) {
        shipped += random.nextLong(appended.size() - shipped + 1);
        times.forget(shipped);
      }
      now += random.nextLong(gap);
      if (shipped < appended.size()) {
        ageOf(shipped + 1);
      }
    }
  }
}
