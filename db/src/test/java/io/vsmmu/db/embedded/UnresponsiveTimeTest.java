package io.vsmmu.db.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class UnresponsiveTimeTest {

  private static final EmbeddedLimits LIMITS =
      EmbeddedLimits.DEFAULTS.withSilence(Duration.ofSeconds(10));
  private static final long LOOK = LIMITS.look().toNanos();
  private static final long BEGIN = -5;

  private final UnresponsiveTime silence = new UnresponsiveTime(LIMITS, BEGIN);

  @Test
  void with_looks_in_time_it_is_as_long_as_the_clock_says() {
    long looks = LIMITS.silence().toNanos() / LOOK;

    for (long i = 1; i <= looks; i++) {
      silence.look(BEGIN + i * LOOK);
      assertThat(silence.isTooLong()).isFalse();
    }
    silence.look(BEGIN + (looks + 1) * LOOK);

    assertThat(silence.isTooLong()).isTrue();
  }

  @Test
  void while_the_listener_was_not_run_nothing_could_be_heard() {
    silence.look(BEGIN + Duration.ofHours(1).toNanos());

    assertThat(silence.isTooLong()).isFalse();
  }

  @Test
  void a_sign_ends_it() {
    for (long i = 1; i <= 1000; i++) {
      silence.look(BEGIN + i * LOOK);
    }
    assertThat(silence.isTooLong()).isTrue();

    silence.end();

    assertThat(silence.isTooLong()).isFalse();
  }
}
