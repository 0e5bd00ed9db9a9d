package io.vsmmu.vfiouser;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class DmaTimeBudgetTest {

  private long now = 1_000;
  private final DmaTimeBudget patience = new DmaTimeBudget(Duration.ofNanos(100), () -> now);

  private void failsFor(long nanos) {
    long begun = now;
    now += nanos;
    patience.failed(begun);
  }

  @Test
  void failures_share_the_time() {
    assertThat(patience.deadline()).hasValue(now + 100);
    failsFor(70);
    assertThat(patience.deadline()).hasValue(now + 30);
    failsFor(30);
    assertThat(patience.deadline()).isEmpty();
  }

  @Test
  void an_answer_takes_none_of_it_however_long_it_took() {
    now += 99;
    assertThat(patience.deadline()).hasValue(now + 100);
  }

  @Test
  void the_next_access_has_all_of_it() {
    failsFor(100);
    patience.renew();
    assertThat(patience.deadline()).hasValue(now + 100);
  }

  @Test
  void the_whole_time_is_available_again_after_no_request_failed_for_as_long() {
    failsFor(100);
    now += 99;
    assertThat(patience.deadline()).isEmpty();
    now += 1;
    assertThat(patience.deadline()).hasValue(now + 100);
  }
}
