package io.vsmmu.rest.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class AnswerPaceTest {

  private static final long SECOND = Duration.ofSeconds(1).toNanos();
  private static final int PART = 100;

  private final AtomicLong clock = new AtomicLong();
  private final List<IOException> ended = new ArrayList<>();
  private final AnswerPace pace =
      new AnswerPace(new BodyPace.PaceLimits(Duration.ofSeconds(10), PART), clock::get, ended::add);

  /** Writes a part of the answer, which takes this long. */
  private void write(long nanos) throws IOException {
    pace.write(PART, () -> clock.addAndGet(nanos));
  }

  @Test
  void an_answer_that_is_read_at_the_least_rate_goes_on() throws IOException {
    for (int i = 0; i < 100; i++) {
      write(SECOND);
    }

    assertThat(clock).hasValue(100 * SECOND);
  }

  @Test
  void an_answer_that_is_read_more_slowly_ends_after_a_window() throws IOException {
    for (int i = 0; i < 4; i++) {
      write(2 * SECOND);
    }

    assertThatThrownBy(() -> write(2 * SECOND))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("500 bytes");
    assertThat(ended).hasSize(1);
  }

  @Test
  void the_time_between_two_parts_does_not_count() throws IOException {
    for (int i = 0; i < 100; i++) {
      write(0);
      clock.addAndGet(60 * SECOND);
    }

    assertThat(clock).hasValue(6000 * SECOND);
  }
}
