package io.vsmmu.smmu.model;

import io.vsmmu.smmu.event.StreamBehaviour;
import io.vsmmu.smmu.event.StreamConfigured.Reason;
import io.vsmmu.smmu.event.UnknownSte;
import io.vsmmu.smmu.spec.StreamTableEntry;
import io.vsmmu.smmu.stimulus.Completeness;
import java.util.Optional;

/**
 * A stream that has a device, or that the guest has configured.
 *
 * @param configuration what the guest configured
 * @param effective how its transactions are handled now
 * @param ste meaningless as far as {@code completeness} says that it is unknown
 * @param completeness which bits of {@code ste} are known; none if it was not read ({@link
 *     UnknownSte})
 * @param fault the fault that was found when the STE was fetched, or 0; {@link VsmmuState#faultOf}
 *     is what a transaction causes now
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

  public StreamState {
    completeness = UnknownSte.known(ste, completeness, fault);
  }

  /** Why no bit of the STE is known; empty if some are. */
  public Optional<UnknownSte> unknownSte() {
    return UnknownSte.of(configuration, completeness, fault);
  }

  /** Whether no STE was read: {@link #configuration} is GBPA's. */
  boolean followsGbpa() {
    return unknownSte().filter(why -> why == UnknownSte.NOT_READ).isPresent();
  }

  /** Whether an STE may have been read, and the log does not contain it. */
  public boolean steNotRecorded() {
    return unknownSte().filter(why -> why == UnknownSte.NOT_RECORDED).isPresent();
  }

  StreamState configured(StreamBehaviour newConfiguration, StreamBehaviour newEffective) {
    return new StreamState(
        streamId, newConfiguration, newEffective, ste, completeness, fault, hwpt, reason, since);
  }

  StreamState withoutDevice() {
    return withoutDevice(reason);
  }

  StreamState withoutDevice(Reason why) {
    return new StreamState(
        streamId, configuration, effective, ste, completeness, fault, 0, why, since);
  }
}
