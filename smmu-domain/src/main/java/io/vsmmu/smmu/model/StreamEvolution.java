package io.vsmmu.smmu.model;

import io.vsmmu.smmu.event.CommandsConsumed;
import io.vsmmu.smmu.event.StreamBehaviour;
import io.vsmmu.smmu.event.StreamConfigured;
import io.vsmmu.smmu.event.StreamConfigured.Reason;
import io.vsmmu.smmu.model.HostObject.Kind;
import io.vsmmu.smmu.spec.ConfigInvalidation.SteRange;
import io.vsmmu.smmu.spec.SmmuCommand;
import io.vsmmu.smmu.stimulus.Origin;
import io.vsmmu.smmu.stimulus.SteFetch;
import java.util.List;
import org.pcollections.PSortedMap;

/** The state after streams were configured. */
final class StreamEvolution {

  private StreamEvolution() {}

  /** A reset forgets a stream that has no device. */
  static void configured(StateEdit edit, StreamConfigured configured) {
    if (configured.freesHwpt() != 0) {
      edit.objects = edit.objects.minus(configured.freesHwpt());
    }
    if (configured.allocatesHwpt()) {
      edit.addObject(
          configured.hwpt(),
          Kind.NESTED_HWPT,
          configured.streamId(),
          configured.hostWord0(),
          configured.hostWord1());
    }
    if (configured.reason() == Reason.RESET && configured.hwpt() == 0) {
      edit.streams = edit.streams.minus(configured.streamId());
      return;
    }
    edit.streams =
        edit.streams.plus(
            configured.streamId(),
            new StreamState(
                configured.streamId(),
                configured.configuration(),
                configured.effective(),
                configured.ste(),
                configured.completeness(),
                configured.fault(),
                configured.hwpt(),
                configured.reason(),
                edit.events));
  }

  /**
   * Applies a change of CR0.SMMUEN or GBPA.ABORT to the streams of a live guest that have no
   * device. Streams with a device, and all streams of a QEMU trace, have events of their own.
   */
  static void redrive(StateEdit edit) {
    if (edit.origin != Origin.LIVE) {
      return;
    }
    boolean enabled = VsmmuState.enabled(edit.registers);
    StreamBehaviour global = VsmmuState.globalBypass(edit.registers);
    for (StreamState stream : List.copyOf(edit.streams.values())) {
      StreamState after = StreamPlacement.withoutDevice(stream, enabled, global);
      if (!edit.devices.containsKey(stream.streamId()) && !after.equals(stream)) {
        edit.streams = edit.streams.plus(stream.streamId(), after);
      }
    }
  }

  /**
   * Removes the streams without a device that the slice's CMD_CFGI_STE_RANGE cover, if the range
   * changed more STEs without a device than are read ({@link Limits#RANGE_CHANGES}). The slice of a
   * live guest says so by a fetch with {@link SteFetch.Outcome#NOT_TOLD}. The streams whose STEs
   * were read follow as events.
   */
  static void forget(StateEdit edit, CommandsConsumed consumed) {
    boolean forgets =
        edit.origin == Origin.LIVE
            && consumed.fetches().stream()
                .anyMatch(
                    fetch ->
                        fetch.outcome() == SteFetch.Outcome.NOT_TOLD
                            && !edit.devices.containsKey(fetch.streamId()));
    for (int i = 0; forgets && i < consumed.consumed(); i++) {
      if (SmmuCommand.decode(consumed.entries().get(i)) instanceof SteRange range) {
        edit.streams =
            edit.streams.minusAll(
                edit.streams.keySet().stream()
                    .filter(range::covers)
                    .filter(streamId -> !edit.devices.containsKey(streamId))
                    .toList());
      }
    }
  }

  /** The streams as if the device had never been attached; the STE that was read for it stays. */
  static PSortedMap<Integer, StreamState> withoutAttachment(StateEdit edit, StreamState stream) {
    boolean read = !stream.followsGbpa() && !stream.steNotRecorded();
    return read
        ? edit.streams.plus(
            stream.streamId(),
            StreamPlacement.withoutDevice(
                stream.withoutDevice(Reason.DEVICE_ATTACHED),
                VsmmuState.enabled(edit.registers),
                VsmmuState.globalBypass(edit.registers)))
        : edit.streams.minus(stream.streamId());
  }
}
