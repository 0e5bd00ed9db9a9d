package io.vsmmu.fuzz;

import io.vsmmu.gateway.DecisionLog;
import io.vsmmu.smmu.aggregate.Decided;
import io.vsmmu.smmu.aggregate.DecisionLoop;
import io.vsmmu.smmu.aggregate.Submission;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.model.Vsmmu;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.stimulus.Stimulus;
import io.vsmmu.smmu.wire.EventCodec;
import java.util.ArrayList;
import java.util.List;

/**
 * The log of one vSMMU in memory, encoded as it would be stored. Written under its session's lock.
 */
final class MemoryLog implements DecisionLog {

  private record Stored(int type, byte[] payload) {}

  private VsmmuState state = VsmmuState.ABSENT;
  private final List<Stored> events = new ArrayList<>();

  @Override
  public Submission submit(String vsmmu, List<Stimulus> stimuli, String subject) {
    Submission submission = DecisionLoop.decideUntilHost(state, stimuli);
    for (Decided decided : submission.decisions()) {
      for (VsmmuEvent event : decided.events()) {
        events.add(new Stored(EventCodec.typeOf(event), EventCodec.encode(event)));
      }
    }
    state = submission.last().after();
    return submission;
  }

  /** Fails unless the stored events lead to the state that was decided. */
  void verify() {
    VsmmuState folded = VsmmuState.ABSENT;
    for (Stored event : events) {
      folded = Vsmmu.evolve(folded, EventCodec.decode(event.type(), event.payload()));
    }
    Finding.unless(folded.equals(state), "the log leads to another state");
  }
}
