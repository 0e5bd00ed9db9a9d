package io.vsmmu.vfiouser;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A guest or VMM cannot flood the log. */
class RateLimitedLogTest {

  private final List<String> lines = new ArrayList<>();
  private long now = Long.MAX_VALUE - 5;
  private final RateLimitedLog log =
      new RateLimitedLog(lines::add, 2, Duration.ofNanos(100), () -> now);

  @Test
  void so_many_lines_in_an_interval_and_the_rest_is_counted() {
    for (int i = 0; i < 10; i++) {
      int line = i;
      log.log(() -> "line " + line);
    }
    assertThat(lines).containsExactly("line 0", "line 1");

    now += 100;
    log.log(() -> "later");
    log.log(() -> "and more");

    assertThat(lines.subList(2, 4))
        .containsExactly("later (8 lines before this one withheld)", "and more");
  }

  @Test
  void a_line_that_is_not_written_is_not_evaluated() {
    log.log(() -> "a");
    log.log(() -> "b");
    log.log(
        () -> {
          throw new AssertionError("made for nothing");
        });
    assertThat(lines).hasSize(2);
  }
}
