package io.vsmmu.smmu.event;

import io.vsmmu.smmu.stimulus.Stimulus;

/**
 * What follows in this log did not happen: the log is a copy of another one up to here, and from
 * here on its stimuli were decided again with a changed input.
 *
 * @param change what was changed, for people, at most {@link
 *     io.vsmmu.smmu.model.Limits#REASON_CHARS} characters
 */
public record InputChanged(String change) implements StimulusEvent {

  @Override
  public Stimulus stimulus() {
    return new Stimulus.ChangeInput(change);
  }
}
