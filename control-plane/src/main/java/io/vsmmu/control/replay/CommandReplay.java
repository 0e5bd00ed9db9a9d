package io.vsmmu.control.replay;

import io.vsmmu.problem.Problem;
import io.vsmmu.smmu.event.PartImported;
import io.vsmmu.smmu.event.StimulusEvent;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.model.Decision;
import io.vsmmu.smmu.model.Vsmmu;
import io.vsmmu.smmu.model.VsmmuState;
import java.util.List;

/** Decides the recorded stimuli again; the events must be those of the log. */
public final class CommandReplay extends LogReplay {

  private final boolean verify;

  /**
   * @param verify whether the events are compared with the log's
   */
  public CommandReplay(boolean verify) {
    this.verify = verify;
  }

  @Override
  void decide(VsmmuState earlier, List<VsmmuEvent> events, VsmmuState later) {
    long first = earlier.events();
    if (!(events.getFirst() instanceof StimulusEvent recorded)) {
      differs(first, events.getFirst(), "a stimulus event");
      return;
    }
    if (recorded instanceof PartImported) {
      // What follows directly may belong to a decision that began before the part.
      return;
    }
    switch (Vsmmu.decide(earlier, recorded.stimulus())) {
      case Decision.Refused(Problem problem) -> differs(first, recorded, problem.refusal());
      case Decision.Accepted accepted -> {
        if (verify) {
          compare(first, events, accepted.events());
        }
      }
    }
  }

  private void compare(long first, List<VsmmuEvent> recorded, List<VsmmuEvent> produced) {
    int common = Math.min(recorded.size(), produced.size());
    for (int i = 0; i < common; i++) {
      if (!recorded.get(i).equals(produced.get(i))) {
        differs(first + i, recorded.get(i), produced.get(i));
        return;
      }
    }
    if (recorded.size() > common) {
      differs(first + common, recorded.get(common), "nothing");
    } else if (produced.size() > common) {
      differs(first + common - 1, "nothing more", produced.get(common));
    }
  }
}
