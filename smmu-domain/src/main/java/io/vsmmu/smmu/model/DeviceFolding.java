package io.vsmmu.smmu.model;

import io.vsmmu.smmu.event.CommandsConsumed;
import io.vsmmu.smmu.event.DeviceAttached;
import io.vsmmu.smmu.event.DeviceDetached;
import io.vsmmu.smmu.event.HostFailed;
import io.vsmmu.smmu.event.StreamBehaviour;
import io.vsmmu.smmu.event.StreamConfigured;
import io.vsmmu.smmu.event.StreamConfigured.Reason;
import io.vsmmu.smmu.model.HostObject.Kind;
import io.vsmmu.smmu.spec.ConfigInvalidation.SteRange;
import io.vsmmu.smmu.spec.SmmuCommand;
import io.vsmmu.smmu.stimulus.HostOperation;
import io.vsmmu.smmu.stimulus.Knowledge;
import io.vsmmu.smmu.stimulus.Origin;
import io.vsmmu.smmu.stimulus.SteReading;
import java.util.List;
import org.pcollections.PSortedMap;
import org.pcollections.TreePMap;

/** Folds what concerns devices, streams and host objects. */
final class DeviceFolding {

  private DeviceFolding() {}

  static void attached(StateEdit edit, DeviceAttached attached) {
    if (attached.firstHandle() != 0) {
      HostHandles handles =
          new HostHandles(attached.firstHandle(), attached.device().physicalSmmu());
      edit.hostHandles = handles;
      add(edit, handles.ioas(), Kind.IOAS, -1, 0, 0);
      add(edit, handles.nestingParent(), Kind.NESTING_PARENT, -1, 0, 0);
      add(edit, handles.viommu(), Kind.VIOMMU, -1, 0, 0);
      add(edit, handles.abortProxy(), Kind.ABORT_PROXY, -1, HostObject.ABORT_WORD0, 0);
      add(edit, handles.bypassProxy(), Kind.BYPASS_PROXY, -1, HostObject.BYPASS_WORD0, 0);
      add(edit, handles.veventq(), Kind.VEVENTQ, -1, 0, 0);
    }
    int streamId = attached.streamId();
    add(edit, attached.deviceHandle(), Kind.DEVICE, streamId, 0, 0);
    add(edit, attached.vdeviceHandle(), Kind.VDEVICE, streamId, 0, 0);
    edit.devices =
        edit.devices.plus(
            streamId,
            new DeviceState(
                streamId,
                attached.device(),
                attached.deviceHandle(),
                attached.vdeviceHandle(),
                attached.atsEnabled(),
                edit.events));
  }

  static void detached(StateEdit edit, DeviceDetached detached) {
    edit.devices = edit.devices.minus(detached.streamId());
    edit.objects =
        edit.objects
            .minus(detached.deviceHandle())
            .minus(detached.vdeviceHandle())
            .minus(detached.freedHwpt());
    if (detached.freedShared() != 0) {
      edit.objects = edit.objects.minusAll(edit.hostHandles.usersFirst());
      edit.hostHandles = HostHandles.NONE;
    }
    StreamState stream = edit.streams.get(detached.streamId());
    if (stream != null) {
      edit.streams =
          detached.shownBefore().isEmpty()
              ? edit.streams.plus(detached.streamId(), stream.withoutDevice())
              : withoutAttachment(edit, stream);
    }
  }

  /** The streams as if the device had not come; what its STE said was read all the same. */
  private static PSortedMap<Integer, StreamState> withoutAttachment(
      StateEdit edit, StreamState stream) {
    boolean read = !stream.followsGbpa() && stream.knowledge() != Knowledge.NOTHING;
    return read
        ? edit.streams.plus(
            stream.streamId(),
            StreamPlacement.withoutDevice(
                stream.withoutDevice(Reason.DEVICE_ATTACHED),
                VsmmuState.enabled(edit.registers),
                VsmmuState.globalBypass(edit.registers)))
        : edit.streams.minus(stream.streamId());
  }

  /** No object is left on the host. */
  static void allFreed(StateEdit edit) {
    for (StreamState stream : List.copyOf(edit.streams.values())) {
      edit.streams = edit.streams.plus(stream.streamId(), stream.withoutDevice());
    }
    edit.devices = TreePMap.empty();
    edit.objects = TreePMap.empty();
    edit.hostHandles = HostHandles.NONE;
  }

  static void configured(StateEdit edit, StreamConfigured configured) {
    if (configured.freesHwpt() != 0) {
      edit.objects = edit.objects.minus(configured.freesHwpt());
    }
    if (configured.allocatesHwpt()) {
      add(
          edit,
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
                configured.knowledge(),
                configured.fault(),
                configured.hwpt(),
                configured.reason(),
                edit.events));
  }

  /**
   * CR0.SMMUEN or GBPA.ABORT changed: streams of a live guest without a device follow at once. What
   * became of the others, and of all of a foreign trace, is told by events of their own.
   */
  static void redriven(StateEdit edit) {
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
   * A slice of a live guest has a reading that tells nothing when a range changed more STEs without
   * a device than it looks at ({@link Limits#RANGE_CHANGES}): streams without a device that the
   * slice's ranges cover are kept in mind no longer. Those that it looked at follow as events.
   */
  static void forgotten(StateEdit edit, CommandsConsumed consumed) {
    boolean forgets =
        edit.origin == Origin.LIVE
            && consumed.readings().stream()
                .anyMatch(
                    reading ->
                        reading.outcome() == SteReading.Outcome.NOT_TOLD
                            && !edit.devices.containsKey(reading.streamId()));
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

  static void kernelIds(StateEdit edit, List<HostOperation> operations) {
    for (HostOperation operation : operations) {
      HostObject object = edit.objects.get(operation.handle());
      if (object != null && operation.succeeded() && operation.kernelId() != 0) {
        edit.objects =
            edit.objects.plus(operation.handle(), object.withKernelId(operation.kernelId()));
      }
    }
  }

  static void failed(StateEdit edit, HostFailed failed) {
    HostOperation operation = failed.operation();
    String reason =
        "%s failed with %s%s%s"
            .formatted(
                operation.kind(),
                operation.errnoText(),
                operation.streamId() < 0
                    ? ""
                    : " for StreamID 0x" + Integer.toHexString(operation.streamId()),
                GroupCompleteness.explain(edit.state(), operation)
                    .map(why -> ": " + why)
                    .orElse(""));
    edit.health =
        edit.health.worsened(
            failed.closed() ? Health.Status.DEGRADED : Health.Status.FAILED, reason);
  }

  private static void add(
      StateEdit edit, long handle, Kind kind, int streamId, long word0, long word1) {
    edit.objects =
        edit.objects.plus(
            handle, new HostObject(handle, kind, 0, streamId, word0, word1, edit.events));
    edit.nextHandle = Math.max(edit.nextHandle, handle + 1);
  }
}
