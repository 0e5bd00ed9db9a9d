package io.vsmmu.smmu.event;

import io.vsmmu.smmu.stimulus.FoldedState;
import io.vsmmu.smmu.stimulus.Stimulus;

/**
 * The log is a part of another one and begins here: the events before are known only by the state
 * that they led to. The event stands in the place of the last of them, has its sequence, and has
 * its hash, so that the hash chain of the part continues.
 *
 * @param vsmmu name of the vSMMU in the service that exported the part
 * @param firstPosition position there of the part's first event, which follows this one
 * @param lastPosition position there of the part's last event
 * @param events number of events of the whole log when the part was exported
 * @param state the state before the part's first event
 */
public record PartImported(
    String vsmmu, long firstPosition, long lastPosition, long events, FoldedState state)
    implements StimulusEvent {

  @Override
  public Stimulus stimulus() {
    return new Stimulus.ImportPart(vsmmu, firstPosition, lastPosition, events, state);
  }
}
