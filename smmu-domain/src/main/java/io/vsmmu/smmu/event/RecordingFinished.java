package io.vsmmu.smmu.event;

import io.vsmmu.smmu.stimulus.Stimulus;

/** The end of a recording; a recording without this event is partial. */
public record RecordingFinished(boolean complete, String reason) implements StimulusEvent {

  @Override
  public Stimulus stimulus() {
    return new Stimulus.FinishRecording(complete, reason);
  }
}
