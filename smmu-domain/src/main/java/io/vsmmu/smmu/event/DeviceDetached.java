package io.vsmmu.smmu.event;

import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.util.Optional;

/**
 * A host device was taken away from the vSMMU; its vDEVICE goes with it.
 *
 * @param freedHwpt logical handle of the nested HWPT that nobody uses any more; 0 when none
 * @param freedShared first handle of the objects that all devices share, when they go too: the
 *     attachment that made them is undone, or the last device that a VMM owns left; 0 when they
 *     stay
 * @param shownBefore what the stimulus says of the ID registers; empty unless an attachment is
 *     undone
 */
public record DeviceDetached(
    int streamId,
    long deviceHandle,
    long vdeviceHandle,
    long freedHwpt,
    long freedShared,
    Optional<IdRegisters> shownBefore)
    implements StimulusEvent {

  @Override
  public Stimulus stimulus() {
    return new Stimulus.DetachDevice(streamId, shownBefore);
  }
}
