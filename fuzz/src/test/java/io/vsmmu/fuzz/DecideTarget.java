package io.vsmmu.fuzz;

import io.vsmmu.smmu.event.HostFailed;
import io.vsmmu.smmu.event.StimulusEvent;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.model.Decision;
import io.vsmmu.smmu.model.Limits;
import io.vsmmu.smmu.model.Vsmmu;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.stimulus.Stimulus;
import io.vsmmu.smmu.wire.EventCodec;
import io.vsmmu.smmu.wire.SnapshotCodec;
import java.util.List;

/**
 * What a guest, its host and an operator do to a vSMMU, in any order. {@code decide} throws for
 * nothing and refuses no guest; its first event alone records the stimulus, and gives it back;
 * folding the events gives the state of the decision; their number is bounded; state and events can
 * be stored and read.
 */
final class DecideTarget implements FuzzTarget {

  @Override
  public void take(byte[] bytes) {
    Input input = new Input(bytes);
    StimulusReader stimuli = new StimulusReader(input);
    VsmmuState state = accepted(VsmmuState.ABSENT, stimuli.create());
    while (input.more()) {
      Stimulus stimulus = stimuli.next(state);
      Decision decision = Vsmmu.decide(state, stimulus);
      switch (decision) {
        case Decision.Refused refused ->
            Finding.unless(
                !(stimulus instanceof Stimulus.WriteRegister)
                    && !(stimulus instanceof Stimulus.ConsumeCommands)
                    && !refused.problem().message().isEmpty(),
                "%s is refused: %s",
                stimulus,
                refused);
        case Decision.Accepted accepted -> {
          explained(state, stimulus, accepted);
          state = accepted.after();
        }
      }
    }
    byte[] snapshot = SnapshotCodec.encode(state);
    Finding.unless(
        SnapshotCodec.decode(snapshot).orElseThrow().equals(state), "a snapshot of another state");
    Finding.unless(state.streams().size() <= Limits.STREAMS + Limits.DEVICES, "too many streams");
  }

  private static VsmmuState accepted(VsmmuState state, Stimulus stimulus) {
    return ((Decision.Accepted) Vsmmu.decide(state, stimulus)).after();
  }

  private static void explained(VsmmuState before, Stimulus stimulus, Decision.Accepted accepted) {
    VsmmuState folded = before;
    int failures = 0;
    int recorded = 0;
    for (VsmmuEvent event : accepted.events()) {
      folded = Vsmmu.evolve(folded, event);
      failures += event instanceof HostFailed ? 1 : 0;
      recorded += event instanceof StimulusEvent ? 1 : 0;
      Finding.unless(
          EventCodec.decode(EventCodec.typeOf(event), EventCodec.encode(event)).equals(event),
          "%s is written as another one",
          event);
    }
    Finding.unless(folded.equals(accepted.after()), "%s: events give another state", stimulus);
    Finding.unless(recorded == 1, "%s: %d events record it", stimulus, recorded);
    Finding.unless(
        accepted.events().size() - 1 - failures <= Limits.CONSEQUENCES,
        "%s: %d events",
        stimulus,
        accepted.events().size());
    StimulusEvent first = (StimulusEvent) accepted.events().getFirst();
    Finding.unless(
        Vsmmu.decide(before, first.stimulus()).equals(accepted),
        "%s: the recorded stimulus decides otherwise",
        stimulus);
  }

  @Override
  public List<byte[]> seeds() {
    return StimulusReader.seeds();
  }
}
