package io.vsmmu.smmu.event;

import io.vsmmu.smmu.stimulus.Stimulus;

/**
 * A host device was taken away from the vSMMU; its vDEVICE goes with it.
 *
 * @param freedHwpt logical handle of the nested HWPT that nobody uses any more; 0 when none
 */
public record DeviceDetached(int streamId, long deviceHandle, long vdeviceHandle, long freedHwpt)
    implements StimulusEvent {

  @Override
  public Stimulus stimulus() {
    return new Stimulus.DetachDevice(streamId);
  }
}
