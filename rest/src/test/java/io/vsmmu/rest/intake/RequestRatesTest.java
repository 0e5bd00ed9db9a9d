package io.vsmmu.rest.intake;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RequestRatesTest {

  /** One token in a second, so that a slow machine adds few to those that are counted. */
  private final RequestRates rates = new RequestRates(1, 1000);

  @Test
  void a_name_beyond_its_rate_is_given_the_time_to_wait_and_another_is_not_concerned() {
    int taken = 0;
    Duration wait = rates.take("a");
    while (wait.isZero()) {
      taken++;
      wait = rates.take("a");
    }

    assertThat(taken).isGreaterThanOrEqualTo(1000);
    assertThat(wait).isBetween(Duration.ofNanos(1), Duration.ofSeconds(1));
    assertThat(rates.take("b")).isZero();
  }
}
