package io.vsmmu.smmu.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.smmu.event.FaultsReported;
import io.vsmmu.smmu.event.HostFailed;
import io.vsmmu.smmu.event.PageRequestsReported;
import io.vsmmu.smmu.event.StimulusEvent;
import io.vsmmu.smmu.event.VmmDisconnected;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.spec.HardwareQueues;
import io.vsmmu.smmu.spec.QueuePointer;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.VsmmuProperties;
import io.vsmmu.smmu.stimulus.Durability;
import io.vsmmu.smmu.stimulus.Origin;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds whatever a guest, its host and an operator do. */
@Tag("slow")
class VsmmuInvariantsTest {

  private static final int STIMULI_PER_SEED = 40_000;

  /** A life is short enough that every seed sees many first devices and resets. */
  private static final int STIMULI_PER_LIFE = 2_000;

  @ParameterizedTest
  @ValueSource(longs = {1, 0x5eed, 0x1e2d6871, -1, 42})
  void nothing_a_guest_does_throws_or_breaks_an_invariant(long seed) {
    RandomStimuli stimuli = new RandomStimuli(seed);
    VsmmuState state = VsmmuState.ABSENT;
    for (int i = 0; i < STIMULI_PER_SEED; i++) {
      if (i % STIMULI_PER_LIFE == 0) {
        state = born();
      }
      Stimulus stimulus = stimuli.next(state);
      try {
        state = meet(state, stimulus);
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("seed %d, stimulus %d: %s".formatted(seed, i, stimulus), e);
      }
    }
  }

  @Test
  void the_generator_reaches_what_the_properties_speak_of() {
    RandomStimuli stimuli = new RandomStimuli(9);
    VsmmuState state = born();
    TreeSet<String> seen = new TreeSet<>();
    for (int i = 0; i < 20_000; i++) {
      if (Vsmmu.decide(state, stimuli.next(state)) instanceof Decision.Accepted accepted) {
        state = accepted.after();
        accepted.events().forEach(e -> seen.add(e.getClass().getSimpleName()));
        state.objects().values().forEach(o -> seen.add(o.kind().name()));
        state.memory().values().forEach(_ -> seen.add("memory"));
        seen.add(state.commandQueue().awaitsHost() ? "awaits" : "idle");
        seen.add(state.commandQueueStopped() ? "stopped" : "goes on");
      }
    }
    assertThat(seen)
        .contains(
            "NESTED_HWPT",
            "awaits",
            "stopped",
            "StreamConfigured",
            "CommandQueueFailed",
            "HostFailed",
            "DeviceDetached",
            "MemoryMapped",
            "HardwareQueueAllocated",
            "HardwareQueueFreed",
            "HardwareQueueClosed",
            "GlobalErrorRaised",
            "PageRequestsReported",
            "memory");
  }

  private static VsmmuState born() {
    Stimulus create =
        new Stimulus.Create(
            Origin.LIVE,
            Durability.COMMITTED,
            VsmmuProperties.ALL_AUTO.with(HardwareQueues.ACCEPT_BLIND),
            Guest.IDS);
    return ((Decision.Accepted) Vsmmu.decide(VsmmuState.ABSENT, create)).after();
  }

  private static VsmmuState meet(VsmmuState before, Stimulus stimulus) {
    Decision decision = Vsmmu.decide(before, stimulus);
    if (!(decision instanceof Decision.Accepted accepted)) {
      assertThat(stimulus)
          .isNotInstanceOfAny(Stimulus.WriteRegister.class, Stimulus.ConsumeCommands.class);
      return before;
    }
    VsmmuState after = accepted.after();
    eventsExplainTheState(before, accepted);
    replayGivesTheSame(before, accepted);
    consumptionIsBounded(before, after, stimulus);
    hostObjectsAreUsed(before, after);
    memoryIsBoundedAndDoesNotOverlap(after);
    hardwareQueuesNeedADevice(after);
    outputIsBounded(accepted);
    assertThat(after.streams().size()).isLessThanOrEqualTo(Limits.STREAMS + Limits.DEVICES);
    return after;
  }

  private static void eventsExplainTheState(VsmmuState before, Decision.Accepted accepted) {
    VsmmuState folded = before;
    long failures = 0;
    for (VsmmuEvent event : accepted.events()) {
      folded = Vsmmu.evolve(folded, event);
      failures += event instanceof HostFailed ? 1 : 0;
    }
    assertThat(folded).isEqualTo(accepted.after());
    assertThat(accepted.events().size() - 1L - failures).isLessThanOrEqualTo(Limits.CONSEQUENCES);
    assertThat(accepted.events().stream().filter(StimulusEvent.class::isInstance).count())
        .isEqualTo(1);
  }

  private static void replayGivesTheSame(VsmmuState before, Decision.Accepted accepted) {
    StimulusEvent recorded = (StimulusEvent) accepted.events().getFirst();
    assertThat(Vsmmu.decide(before, recorded.stimulus())).isEqualTo(accepted);
  }

  /** CONS stays between the old CONS and PROD, and never passes what was fetched. */
  private static void consumptionIsBounded(VsmmuState before, VsmmuState after, Stimulus stimulus) {
    QueuePointer fetched = pointer(after, after.commandQueue().fetched());
    QueuePointer cons = pointer(after, after.registers().get(Register.CMDQ_CONS));
    if (!after.commandQueue().awaitsHost()) {
      assertThat(cons).isEqualTo(fetched);
    }
    boolean moves =
        stimulus instanceof Stimulus.ConsumeCommands
            || stimulus instanceof Stimulus.ReportHostOutcome;
    if (moves && before.commandQueueLog2Size() == after.commandQueueLog2Size()) {
      QueuePointer old = pointer(after, before.registers().get(Register.CMDQ_CONS));
      QueuePointer prod = pointer(after, after.registers().get(Register.CMDQ_PROD));
      int moved = cons.distanceFrom(old);
      assertThat(moved).isLessThanOrEqualTo(fetched.distanceFrom(old));
      if (stimulus instanceof Stimulus.ConsumeCommands) {
        assertThat(moved).isLessThanOrEqualTo(prod.distanceFrom(old));
      }
    }
  }

  private static void memoryIsBoundedAndDoesNotOverlap(VsmmuState state) {
    assertThat(state.memory().size()).isLessThanOrEqualTo(Limits.MEMORY_REGIONS);
    MemoryState below = null;
    for (MemoryState region : state.memory().values()) {
      assertThat(Long.compareUnsigned(region.address(), region.last())).isNotPositive();
      if (below != null) {
        assertThat(Long.compareUnsigned(below.last(), region.address())).isNegative();
      }
      below = region;
    }
  }

  private static void hardwareQueuesNeedADevice(VsmmuState state) {
    int queues = state.hardwareQueues().size();
    assertThat(queues).isLessThanOrEqualTo(Limits.HARDWARE_QUEUES);
    assertThat(queues > 0 && (state.devices().isEmpty() || state.memory().isEmpty())).isFalse();
  }

  private static void outputIsBounded(Decision.Accepted accepted) {
    for (VsmmuEvent event : accepted.events()) {
      switch (event) {
        case FaultsReported it ->
            assertThat(it.records().size()).isLessThanOrEqualTo(Limits.FAULT_RECORDS);
        case PageRequestsReported it ->
            assertThat(it.records().size()).isLessThanOrEqualTo(Limits.PAGE_REQUESTS);
        case VmmDisconnected it ->
            assertThat(it.reason().length()).isLessThanOrEqualTo(Limits.REASON_CHARS);
        default -> {}
      }
    }
  }

  private static void hostObjectsAreUsed(VsmmuState before, VsmmuState after) {
    TreeSet<Long> nested = new TreeSet<>();
    after.objects().values().stream()
        .filter(o -> o.kind() == HostObject.Kind.NESTED_HWPT)
        .forEach(o -> nested.add(o.handle()));
    TreeSet<Long> used = new TreeSet<>();
    for (StreamState stream : after.streams().values()) {
      boolean device = after.devices().containsKey(stream.streamId());
      assertThat(stream.hwpt() != 0).as("hwpt of %s", stream).isEqualTo(device);
      if (device) {
        assertThat(after.objects()).containsKey(stream.hwpt());
        used.add(stream.hwpt());
      }
    }
    assertThat(after.streams().keySet()).containsAll(after.devices().keySet());
    used.remove(after.hostHandles().abortProxy());
    used.remove(after.hostHandles().bypassProxy());
    assertThat(nested).isEqualTo(used);
    assertThat(after.nextHandle()).isGreaterThanOrEqualTo(before.nextHandle());
    groupsShareOneHwpt(after);
  }

  private static void groupsShareOneHwpt(VsmmuState state) {
    for (DeviceState one : state.devices().values()) {
      for (DeviceState other : state.devices().values()) {
        if (one.device().group() == other.device().group()) {
          assertThat(state.streams().get(one.streamId()).hwpt())
              .isEqualTo(state.streams().get(other.streamId()).hwpt());
        }
      }
    }
  }

  private static QueuePointer pointer(VsmmuState state, long value) {
    return QueuePointer.normalise((int) value, state.commandQueueLog2Size());
  }
}
