package io.vsmmu.gateway.socket;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.gateway.socket.ConnectionQueue.Admission;
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

  private static CompletableFuture<Admission> waits(ConnectionQueue queue) {
    CompletableFuture<Admission> admission = new CompletableFuture<>();
    AtomicBoolean asked = new AtomicBoolean();
    Thread.ofVirtual()
        .start(
            () ->
                admission.complete(
                    queue.await(
                        () -> {
                          asked.set(true);
                          return false;
                        })));
    while (!asked.get() && !admission.isDone()) {
      Thread.onSpinWait();
    }
    return admission;
  }

  @Test
  void a_vmm_that_connects_while_another_is_connected_is_admitted_when_that_one_is_released() {
    ConnectionQueue queue = queue(LONG);
    assertThat(queue.tryAdmit()).isTrue();
    assertThat(queue.tryAdmit()).isFalse();
    CompletableFuture<Admission> second = waits(queue);
    CompletableFuture<Admission> third = waits(queue);

    queue.release();

    assertThat(second.join()).isEqualTo(Admission.ADMITTED);
    assertThat(third).isNotDone();
    assertThat(queue.tryAdmit()).isFalse();
    queue.release();
    assertThat(third.join()).isEqualTo(Admission.ADMITTED);
  }

  @Test
  void a_vmm_is_refused_when_the_queue_is_full() {
    ConnectionQueue queue = queue(LONG);
    assertThat(queue.tryAdmit()).isTrue();
    List<CompletableFuture<Admission>> waiting = List.of(waits(queue), waits(queue));

    assertThat(waits(queue).join()).isEqualTo(Admission.QUEUE_FULL);

    queue.close();
    waiting.forEach(admission -> assertThat(admission.join()).isEqualTo(Admission.CLOSED));
  }

  @Test
  void a_vmm_is_refused_after_the_timeout() {
    ConnectionQueue queue = queue(SHORT);
    assertThat(queue.tryAdmit()).isTrue();

    assertThat(waits(queue).join()).isEqualTo(Admission.TIMED_OUT);
  }

  @Test
  void a_vmm_that_leaves_the_queue_makes_room_in_it() {
    ConnectionQueue queue = queue(LONG);
    assertThat(queue.tryAdmit()).isTrue();
    CompletableFuture<Admission> patient = waits(queue);

    for (int i = 0; i < 10; i++) {
      assertThat(queue.await(() -> true)).isEqualTo(Admission.LEFT);
    }

    queue.release();
    assertThat(patient.join()).isEqualTo(Admission.ADMITTED);
  }

  @Test
  void vmms_are_admitted_no_faster_than_the_limits_allow() {
    SocketLimits limits = new SocketLimits(2, LONG, 3, PACE);
    ConnectionQueue queue = new ConnectionQueue(limits, now::get);
    List<Integer> taken = new ArrayList<>();
    for (int second = 0; second < 5; second++) {
      int count = 0;
      while (queue.tryAdmit()) {
        queue.release();
        count++;
      }
      taken.add(count);
      now.addAndGet(PACE.toNanos());
    }

    assertThat(taken).containsExactly(3, 1, 1, 1, 1);
    now.addAndGet(100 * PACE.toNanos());
    assertThat(queue.tryAdmit()).isTrue();
  }
}
