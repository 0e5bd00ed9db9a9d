package io.vsmmu.smmu.event;

import io.vsmmu.smmu.stimulus.Stimulus;

/**
 * A VMM connected; it has shared no memory yet.
 *
 * @param pid process id of the peer, 0 if unknown
 * @param uid user id of the peer
 */
public record VmmConnected(long pid, long uid) implements StimulusEvent {

  @Override
  public Stimulus stimulus() {
    return new Stimulus.ConnectVmm(pid, uid);
  }
}
