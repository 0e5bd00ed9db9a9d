package io.vsmmu.smmu.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.smmu.event.StreamBehaviour;
import io.vsmmu.smmu.model.Health;
import io.vsmmu.smmu.model.RegisterFile;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.spec.Register;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("slow")
class SnapshotCodecTest {

  private static final int STIMULI = 2_000;
  private static final int RANDOM_SNAPSHOTS = 5_000;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void a_long_history_survives_in_its_snapshot(long seed) {
    RandomHistory history = new RandomHistory(seed);
    VsmmuState state = history.after(0);
    for (int i = 0; i < STIMULI; i++) {
      state = history.continued(state, 1);

      assertThat(SnapshotCodec.decode(SnapshotCodec.encode(state))).contains(state);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void going_on_from_the_snapshot_equals_going_on_from_the_state(long seed) {
    VsmmuState state = new RandomHistory(seed).after(STIMULI);
    VsmmuState restored = SnapshotCodec.decode(SnapshotCodec.encode(state)).orElseThrow();

    VsmmuState later = new RandomHistory(seed + 100).continued(state, STIMULI);
    VsmmuState laterRestored = new RandomHistory(seed + 100).continued(restored, STIMULI);

    assertThat(laterRestored).isEqualTo(later).isNotEqualTo(state);
  }

  /** Without this, the tests above could pass with states that hold nothing. */
  @Test
  void random_histories_reach_every_part_of_a_state() {
    Set<StreamBehaviour> behaviours = EnumSet.noneOf(StreamBehaviour.class);
    boolean awaiting = false;
    boolean stopped = false;
    boolean sharing = false;
    boolean ailing = false;
    RandomHistory history = new RandomHistory(1);
    VsmmuState state = history.after(0);
    for (int i = 0; i < STIMULI; i++) {
      state = history.continued(state, 1);
      state.streams().values().forEach(stream -> behaviours.add(stream.effective()));
      awaiting |= state.commandQueue().awaitsHost();
      stopped |= state.commandQueueStopped();
      sharing |= state.vmm().connected() && state.memory().size() > 2;
      ailing |= !state.health().reasons().isEmpty();
    }

    assertThat(behaviours).contains(StreamBehaviour.ABORT, StreamBehaviour.TRANSLATE);
    assertThat(awaiting).isTrue();
    assertThat(stopped).isTrue();
    assertThat(sharing).isTrue();
    assertThat(state.devices()).hasSizeGreaterThan(3);
    assertThat(state.objects().values()).anyMatch(object -> object.kernelId() != 0);
    assertThat(state.hostHandles().present()).isTrue();
    assertThat(state.commands().total()).isGreaterThan(300);
    assertThat(state.commands().byName()).hasSizeGreaterThan(5);
    assertThat(state.observations().keptLines()).isPositive();
    assertThat(state.observations().differingReads()).isPositive();
    assertThat(ailing).as("health is only what is wrong now").isTrue();
    assertThat(state.registers()).isNotEqualTo(RegisterFile.RESET);
  }

  @Test
  void a_vsmmu_without_events_has_a_snapshot_too() {
    assertThat(SnapshotCodec.decode(SnapshotCodec.encode(VsmmuState.ABSENT)))
        .contains(VsmmuState.ABSENT);
  }

  @Test
  void a_register_that_went_to_zero_stays_zero() {
    VsmmuState state = withRegisters(RegisterFile.RESET.with(Register.GBPA, 0));

    assertThat(SnapshotCodec.decode(SnapshotCodec.encode(state))).contains(state);
  }

  @Test
  void a_snapshot_of_another_version_is_no_snapshot() {
    byte[] snapshot = SnapshotCodec.encode(new RandomHistory(1).after(100));
    snapshot[0] = (byte) (SnapshotCodec.VERSION + 1);

    assertThat(SnapshotCodec.decode(snapshot)).isEmpty();
  }

  @Test
  void a_damaged_snapshot_is_a_state_or_malformed() {
    byte[] snapshot = SnapshotCodec.encode(new RandomHistory(1).after(STIMULI));
    for (int length = 0; length < snapshot.length; length++) {
      stateOrMalformed(Arrays.copyOf(snapshot, length));
    }
    for (int bit = 0; bit < snapshot.length * Byte.SIZE; bit++) {
      byte[] damaged = snapshot.clone();
      damaged[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
      stateOrMalformed(damaged);
    }
  }

  @Test
  void random_bytes_are_a_state_or_malformed() {
    Random random = new Random(7);
    for (int i = 0; i < RANDOM_SNAPSHOTS; i++) {
      byte[] snapshot = new byte[1 + random.nextInt(100)];
      random.nextBytes(snapshot);
      snapshot[0] = SnapshotCodec.VERSION;
      stateOrMalformed(snapshot);
    }
  }

  private static void stateOrMalformed(byte[] snapshot) {
    try {
      SnapshotCodec.decode(snapshot)
          .ifPresent(
              state ->
                  assertThat(state.health().status()).isIn(EnumSet.allOf(Health.Status.class)));
    } catch (MalformedEventException expected) {
      assertThat(expected.type()).isEqualTo("StateSnapshot");
    }
  }

  private static VsmmuState withRegisters(RegisterFile registers) {
    VsmmuState absent = VsmmuState.ABSENT;
    return new VsmmuState(
        absent.lifecycle(),
        absent.events(),
        absent.stimulus(),
        absent.origin(),
        absent.durability(),
        absent.properties(),
        absent.vm(),
        absent.ids(),
        absent.guestStarted(),
        registers,
        absent.commandQueue(),
        absent.streams(),
        absent.devices(),
        absent.hostHandles(),
        absent.nextHandle(),
        absent.objects(),
        absent.commands(),
        absent.observations(),
        absent.health(),
        absent.vmm(),
        absent.memory());
  }
}
