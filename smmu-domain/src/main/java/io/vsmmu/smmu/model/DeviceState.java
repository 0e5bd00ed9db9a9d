package io.vsmmu.smmu.model;

import io.vsmmu.smmu.stimulus.HostDevice;

/**
 * A host device behind the vSMMU.
 *
 * @param since sequence of the event that attached it
 */
public record DeviceState(
    int streamId,
    HostDevice device,
    long deviceHandle,
    long vdeviceHandle,
    boolean atsEnabled,
    long since) {}
