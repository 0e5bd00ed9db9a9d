package io.vsmmu.smmu.model;

import io.vsmmu.smmu.event.StreamBehaviour;
import io.vsmmu.smmu.event.StreamConfigured.Reason;
import io.vsmmu.smmu.spec.StreamTableEntry;
import io.vsmmu.smmu.stimulus.Knowledge;

/**
 * A stream that a device has or the guest configured.
 *
 * @param configuration what the guest configured
 * @param effective what transactions meet now
 * @param fault event type that a transaction meets, or 0
 * @param hwpt logical handle of the HWPT its device is attached to; 0 without a device
 * @param reason why it is so
 * @param since sequence of the event that made it so
 */
public record StreamState(
    int streamId,
    StreamBehaviour configuration,
    StreamBehaviour effective,
    StreamTableEntry ste,
    Knowledge knowledge,
    int fault,
    long hwpt,
    Reason reason,
    long since) {}
