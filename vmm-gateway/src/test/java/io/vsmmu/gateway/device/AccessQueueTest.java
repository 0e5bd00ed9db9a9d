package io.vsmmu.gateway.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.gateway.device.RegisterView.NumberedAccess;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class AccessQueueTest {

  private static final NumberedAccess WRITE =
      new NumberedAccess(1, new Access.RegisterWrite(0x20, 4, 1));
  private static final NumberedAccess LAST =
      NumberedAccess.withoutNumber(new Access.Notice(new Stimulus.DisconnectVmm("gone")));

  private final AccessQueue queue = new AccessQueue(2);

  private static NumberedAccess doorbell(long prod) {
    return new NumberedAccess(prod, new Access.Doorbell(prod));
  }

  @Test
  void doorbells_that_follow_each_other_are_one_and_others_keep_their_order() {
    queue.put(doorbell(1), () -> false);
    queue.put(doorbell(2), () -> false);
    queue.put(WRITE, () -> false);

    assertThat(queue.poll()).contains(doorbell(2));
    assertThat(queue.pollDoorbell()).isEmpty();
    assertThat(queue.poll()).contains(WRITE);
  }

  @Test
  void adding_to_a_full_queue_waits_unless_a_doorbell_replaces_another() throws Exception {
    queue.put(WRITE, () -> false);
    queue.put(doorbell(1), () -> false);
    queue.put(doorbell(2), () -> false);
    Thread putter = Thread.ofPlatform().start(() -> queue.put(WRITE, () -> false));
    assertThat(putter.join(Duration.ofMillis(100))).isFalse();

    assertThat(queue.poll()).contains(WRITE);

    putter.join();
    assertThat(queue.poll()).contains(doorbell(2));
    assertThat(queue.poll()).contains(WRITE);
  }

  @Test
  void accesses_from_before_the_end_are_removed_and_later_ones_dropped() {
    queue.put(WRITE, () -> false);
    queue.closeAfter(LAST);
    queue.put(WRITE, () -> false);

    assertThat(queue.poll()).contains(WRITE);
    assertThat(queue.poll()).contains(LAST);
    assertThat(queue.poll()).isEqualTo(Optional.empty());
  }

  @Test
  void an_end_within_the_time_is_waited_for() throws Exception {
    assertThat(queue.guestLeavesWithin(Duration.ofMillis(20))).isFalse();
    Thread ender = Thread.ofPlatform().start(() -> queue.closeAfter(LAST));

    assertThat(queue.guestLeavesWithin(Duration.ofSeconds(10))).isTrue();
    ender.join();
  }

  @Test
  void a_vmm_that_disconnects_while_its_access_waits_for_room_has_left() throws Exception {
    queue.put(WRITE, () -> false);
    queue.put(WRITE, () -> false);
    assertThat(queue.hasGuestLeft()).isFalse();

    Thread putter = Thread.ofPlatform().start(() -> queue.put(WRITE, () -> true));

    assertThat(queue.guestLeavesWithin(Duration.ofSeconds(10))).isTrue();
    queue.discard();
    putter.join();
  }
}
