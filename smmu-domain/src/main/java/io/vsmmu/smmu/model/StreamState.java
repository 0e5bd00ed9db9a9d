package io.vsmmu.smmu.model;

import io.vsmmu.smmu.event.StreamBehaviour;
import io.vsmmu.smmu.event.StreamConfigured.Reason;
import io.vsmmu.smmu.spec.StreamTableEntry;
import io.vsmmu.smmu.stimulus.Completeness;

/**
 * A stream that has a device, or that the guest has configured.
 *
 * @param configuration what the guest configured
 * @param effective how its transactions are handled now
 * @param fault number of the event that a transaction causes while the SMMU is enabled, or 0
 * @param hwpt logical handle of the HWPT its device is attached to; 0 without a device
 * @param reason why it was configured last
 * @param since sequence of the event that configured it last
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
