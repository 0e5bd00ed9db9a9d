package io.vsmmu.gateway.socket;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.gateway.socket.ConnectionQueue.Turn;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class ConnectionQueueTest {

  private static final Duration SHORT = Duration.ofMillis(150);
  private static final Duration LONG = Duration.ofMinutes(1);
  private static final Duration PACE = Duration.ofSeconds(1);

  private final AtomicLong now = new AtomicLong();

  private static ConnectionQueue queue(Duration wait) {
    return new ConnectionQueue(new SocketLimits(2, wait, 1000, PACE), System::nanoTime);
  }

  private static CompletableFuture<Turn> waits(ConnectionQueue queue) {
    CompletableFuture<Turn> turn = new CompletableFuture<>();
    AtomicBoolean asked = new AtomicBoolean();
    Thread.ofVirtual()
        .start(
            () ->
                turn.complete(
                    queue.await(
                        () -> {
                          asked.set(true);
                          return false;
                        })));
    while (!asked.get() && !turn.isDone()) {
      Thread.onSpinWait();
    }
    return turn;
  }

  @Test
  void who_comes_while_another_is_there_has_its_turn_when_that_ends() {
    ConnectionQueue queue = queue(LONG);
    assertThat(queue.takeNow()).isTrue();
    assertThat(queue.takeNow()).isFalse();
    CompletableFuture<Turn> second = waits(queue);
    CompletableFuture<Turn> third = waits(queue);

    queue.release();

    assertThat(second.join()).isEqualTo(Turn.TAKEN);
    assertThat(third).isNotDone();
    assertThat(queue.takeNow()).isFalse();
    queue.release();
    assertThat(third.join()).isEqualTo(Turn.TAKEN);
  }

  @Test
  void no_more_wait_than_may() {
    ConnectionQueue queue = queue(LONG);
    assertThat(queue.takeNow()).isTrue();
    List<CompletableFuture<Turn>> waiting = List.of(waits(queue), waits(queue));

    assertThat(waits(queue).join()).isEqualTo(Turn.CROWDED);

    queue.close();
    waiting.forEach(turn -> assertThat(turn.join()).isEqualTo(Turn.CLOSED));
  }

  @Test
  void nobody_waits_longer_than_agreed() {
    ConnectionQueue queue = queue(SHORT);
    assertThat(queue.takeNow()).isTrue();

    assertThat(waits(queue).join()).isEqualTo(Turn.TOO_LATE);
  }

  @Test
  void who_leaves_the_line_makes_room_in_it() {
    ConnectionQueue queue = queue(LONG);
    assertThat(queue.takeNow()).isTrue();
    CompletableFuture<Turn> patient = waits(queue);

    for (int i = 0; i < 10; i++) {
      assertThat(queue.await(() -> true)).isEqualTo(Turn.LEFT);
    }

    queue.release();
    assertThat(patient.join()).isEqualTo(Turn.TAKEN);
  }

  @Test
  void those_who_come_again_and_again_are_taken_no_faster_than_agreed() {
    SocketLimits limits = new SocketLimits(2, LONG, 3, PACE);
    ConnectionQueue queue = new ConnectionQueue(limits, now::get);
    List<Integer> taken = new ArrayList<>();
    for (int second = 0; second < 5; second++) {
      int count = 0;
      while (queue.takeNow()) {
        queue.release();
        count++;
      }
      taken.add(count);
      now.addAndGet(PACE.toNanos());
    }

    assertThat(taken).containsExactly(3, 1, 1, 1, 1);
    now.addAndGet(100 * PACE.toNanos());
    assertThat(queue.takeNow()).isTrue();
  }
}
