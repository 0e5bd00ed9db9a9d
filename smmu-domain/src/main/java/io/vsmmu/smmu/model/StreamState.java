package io.vsmmu.smmu.model;

import io.vsmmu.smmu.event.StreamBehaviour;
import io.vsmmu.smmu.event.StreamConfigured.Reason;
import io.vsmmu.smmu.spec.StreamTableEntry;
import io.vsmmu.smmu.stimulus.Completeness;

/**
 * A stream that a device has or the guest configured.
 *
 * @param configuration what the guest configured
 * @param effective what transactions meet now
 * @param fault event type that a transaction meets while the SMMU is enabled, or 0
 * @param hwpt logical handle of the HWPT its device is attached to; 0 without a device
 * @param reason why it is so
 * @param since sequence of the event that made it so
 */
public record StreamState(
    int streamId,
    StreamBehaviour configuration,
    StreamBehaviour effective,
    StreamTableEntry ste,
    Completeness completeness,
    int fault,
    long hwpt,
    Reason reason,
    long since) {

  /**
   * Whether no STE was read: {@link #configuration} is GBPA's. An invalid STE that was read has a
   * fault.
   */
  boolean followsGbpa() {
    return !ste.valid() && completeness == Completeness.FULL && fault == 0;
  }

  StreamState configured(
      StreamBehaviour newConfiguration,
      StreamBehaviour newEffective,
      Completeness newCompleteness) {
    return new StreamState(
        streamId, newConfiguration, newEffective, ste, newCompleteness, fault, hwpt, reason, since);
  }

  StreamState withoutDevice() {
    return withoutDevice(reason);
  }

  StreamState withoutDevice(Reason why) {
    return new StreamState(
        streamId, configuration, effective, ste, completeness, fault, 0, why, since);
  }
}
