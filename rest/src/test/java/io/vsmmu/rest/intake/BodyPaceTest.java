package io.vsmmu.rest.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vsmmu.rest.problem.BodyTooSlowException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class BodyPaceTest {

  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private long now;
  private final BodyPace pace =
      new BodyPace(new BodyPace.PaceLimits(Duration.ofSeconds(10), 100), () -> now);

  private int comes(int bytes, long nanos) throws IOException {
    return pace.read(
        () -> {
          now += nanos;
          return bytes;
        });
  }

  @Test
  void a_body_that_comes_as_fast_as_it_has_to_may_take_for_ever() throws Exception {
    for (int i = 0; i < 10_000; i++) {
      assertThat(comes(100, SECOND)).isEqualTo(100);
    }
  }

  @Test
  void one_that_comes_slower_ends_with_the_window() throws Exception {
    for (int i = 0; i < 9; i++) {
      comes(99, SECOND);
    }
    assertThatThrownBy(() -> comes(99, SECOND)).isInstanceOf(BodyTooSlowException.class);
  }

  @Test
  void what_came_fast_before_does_not_count_for_ever() throws Exception {
    comes(1 << 20, 10 * SECOND);
    assertThatThrownBy(() -> comes(1, 10 * SECOND)).isInstanceOf(BodyTooSlowException.class);
  }

  @Test
  void the_time_of_the_service_is_not_the_body_s() throws Exception {
    for (int i = 0; i < 100; i++) {
      comes(1, 0);
      now += 10 * SECOND;
    }
    assertThat(comes(-1, 0)).isEqualTo(-1);
  }

  @Test
  void the_end_is_never_too_late() throws Exception {
    assertThat(comes(-1, 20 * SECOND)).isEqualTo(-1);
  }

  @Test
  void silence_is_told_from_a_connection_that_broke() {
    assertThatThrownBy(
            () ->
                pace.read(
                    () -> {
                      throw new IOException(new SocketTimeoutException());
                    }))
        .isInstanceOf(BodyTooSlowException.class);
    assertThatThrownBy(
            () ->
                pace.read(
                    () -> {
                      throw new IOException("reset");
                    }))
        .isExactlyInstanceOf(IOException.class);
  }
}
