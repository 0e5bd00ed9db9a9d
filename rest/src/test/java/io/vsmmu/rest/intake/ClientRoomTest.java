package io.vsmmu.rest.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vsmmu.rest.problem.ProblemException;
import io.vsmmu.rest.problem.ProblemType;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class ClientRoomTest {

  private final ClientRoom room = new ClientRoom("exports", 3, 2);

  private static void refused(ThrowingCallable taking, ProblemType type) {
    assertThatThrownBy(taking)
        .isInstanceOfSatisfying(
            ProblemException.class, it -> assertThat(it.type()).isEqualTo(type));
  }

  @Test
  void a_client_takes_no_more_than_its_share_and_leaves_the_rest_to_others() {
    room.take("a");
    room.take("a");

    refused(() -> room.take("a"), ProblemType.TOO_MANY_REQUESTS);
    room.take("b");
    refused(() -> room.take("b"), ProblemType.TOO_BUSY);
  }

  @Test
  void a_place_is_given_back_once() {
    ClientRoom.Place first = room.take("a");
    room.take("a");
    first.close();
    first.close();

    room.take("a");

    refused(() -> room.take("a"), ProblemType.TOO_MANY_REQUESTS);
  }
}
