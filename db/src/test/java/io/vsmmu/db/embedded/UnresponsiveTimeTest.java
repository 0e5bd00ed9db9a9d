package io.vsmmu.db.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.db.TestLimits;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class UnresponsiveTimeTest {

  private static final EmbeddedLimits LIMITS = TestLimits.unresponsive(Duration.ofSeconds(10));
  private static final long INTERVAL = LIMITS.checkInterval().toNanos();
  private static final long BEGIN = -5;

  private final UnresponsiveTime time = new UnresponsiveTime(LIMITS, BEGIN);

  @Test
  void with_checks_in_time_it_is_as_long_as_the_clock_says() {
    long checks = LIMITS.unresponsive().toNanos() / INTERVAL;

    for (long i = 1; i <= checks; i++) {
      time.check(BEGIN + i * INTERVAL);
      assertThat(time.isTooLong()).isFalse();
    }
    time.check(BEGIN + (checks + 1) * INTERVAL);

    assertThat(time.isTooLong()).isTrue();
  }

  @Test
  void time_during_which_no_check_could_run_does_not_count() {
    time.check(BEGIN + Duration.ofHours(1).toNanos());

    assertThat(time.isTooLong()).isFalse();
  }

  @Test
  void a_reset_begins_at_zero_again() {
    for (long i = 1; i <= 1000; i++) {
      time.check(BEGIN + i * INTERVAL);
    }
    assertThat(time.isTooLong()).isTrue();

    time.reset();

    assertThat(time.isTooLong()).isFalse();
  }
}
