package io.vsmmu.smmu.event;

import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.spec.OnOffAuto;
import io.vsmmu.smmu.stimulus.HostDevice;
import io.vsmmu.smmu.stimulus.SteFetch;
import io.vsmmu.smmu.stimulus.Stimulus;

/**
 * A host device was attached to the vSMMU.
 *
 * @param deviceHandle logical handle of the bound device
 * @param vdeviceHandle logical handle of its vDEVICE
 * @param atsEnabled ATS as resolved for this device
 * @param firstHandle for the first device: logical handle of the IOAS, followed without a gap by
 *     nesting parent, vIOMMU, abort proxy, bypass proxy and vEVENTQ; 0 for later devices
 */
public record DeviceAttached(
    int streamId,
    HostDevice device,
    OnOffAuto ats,
    IdRegisters resolved,
    SteFetch fetch,
    long deviceHandle,
    long vdeviceHandle,
    boolean atsEnabled,
    long firstHandle)
    implements StimulusEvent {

  @Override
  public Stimulus stimulus() {
    return new Stimulus.AttachDevice(streamId, device, ats, resolved, fetch);
  }
}
