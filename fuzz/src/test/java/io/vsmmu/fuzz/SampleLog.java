package io.vsmmu.fuzz;

import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.model.Decision;
import io.vsmmu.smmu.model.Vsmmu;
import io.vsmmu.smmu.model.VsmmuState;
import java.util.ArrayList;
import java.util.List;

/** The log of a guest that configures a device and loses it. */
final class SampleLog {

  private static final List<VsmmuEvent> EVENTS = decided();

  private SampleLog() {}

  static List<VsmmuEvent> events() {
    return EVENTS;
  }

  private static List<VsmmuEvent> decided() {
    Input input = new Input(StimulusReader.seeds().getLast());
    StimulusReader stimuli = new StimulusReader(input);
    List<VsmmuEvent> events = new ArrayList<>();
    VsmmuState state = VsmmuState.ABSENT;
    var next = stimuli.create();
    while (true) {
      if (Vsmmu.decide(state, next) instanceof Decision.Accepted accepted) {
        events.addAll(accepted.events());
        state = accepted.after();
      }
      if (!input.more()) {
        return List.copyOf(events);
      }
      next = stimuli.next(state);
    }
  }
}
