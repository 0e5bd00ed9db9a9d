package io.vsmmu.rest.intake;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RequestTurnsTest {

  private static final Duration LONG = Duration.ofSeconds(20);

  private final RequestTurns turns = new RequestTurns(2);

  @Test
  void a_client_that_has_all_its_places_waits_and_another_one_does_not()
      throws InterruptedException {
    assertThat(turns.enter("a", LONG)).isTrue();
    assertThat(turns.enter("a", LONG)).isTrue();

    assertThat(turns.enter("a", Duration.ZERO)).isFalse();
    assertThat(turns.enter("b", Duration.ZERO)).isTrue();
  }

  @Test
  void a_place_that_is_given_back_goes_to_the_one_that_waits() throws Exception {
    turns.enter("a", LONG);
    turns.enter("a", LONG);
    Thread waiting =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    turns.enter("a", LONG);
                  } catch (InterruptedException ending) {
                    Thread.currentThread().interrupt();
                  }
                });

    turns.leave("a");

    assertThat(waiting.join(LONG)).isTrue();
    assertThat(turns.enter("a", Duration.ZERO)).isFalse();
  }
}
