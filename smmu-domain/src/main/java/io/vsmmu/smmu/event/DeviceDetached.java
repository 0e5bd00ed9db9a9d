package io.vsmmu.smmu.event;

import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.util.Optional;

/**
 * A host device was detached from the vSMMU; its vDEVICE is destroyed with it.
 *
 * @param freedHwpt logical handle of the nested HWPT that no device uses any more; 0 when none
 * @param freedShared first handle of the objects that all devices share, if they are destroyed too,
 *     because the attachment that made them is undone or the device is the last one that the VMM
 *     owns; 0 if they stay
 * @param shownBefore see {@link Stimulus.DetachDevice#shownBefore()}
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
