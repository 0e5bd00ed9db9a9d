package io.vsmmu.smmu.event;

import io.vsmmu.smmu.stimulus.RecordedHostCall;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.util.List;

/** Calls that the recorded VMM made to its own host. They are counted and change nothing else. */
public record HostCallsObserved(List<RecordedHostCall> calls) implements StimulusEvent {

  public HostCallsObserved {
    calls = List.copyOf(calls);
  }

  @Override
  public Stimulus stimulus() {
    return new Stimulus.ObserveHostCalls(calls);
  }
}
