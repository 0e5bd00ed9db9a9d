package io.vsmmu.smmu.model;

import io.vsmmu.smmu.event.DeviceAttached;
import io.vsmmu.smmu.event.DeviceDetached;
import io.vsmmu.smmu.model.HostObject.Kind;
import java.util.List;
import org.pcollections.TreePMap;

/** The state after a host device was attached or detached. */
final class DeviceEvolution {

  private DeviceEvolution() {}

  static void attached(StateEdit edit, DeviceAttached attached) {
    if (attached.firstHandle() != 0) {
      HostHandles handles =
          new HostHandles(attached.firstHandle(), attached.device().physicalSmmu());
      edit.hostHandles = handles;
      edit.addObject(handles.ioas(), Kind.IOAS, -1, 0, 0);
      edit.addObject(handles.nestingParent(), Kind.NESTING_PARENT, -1, 0, 0);
      edit.addObject(handles.viommu(), Kind.VIOMMU, -1, 0, 0);
      edit.addObject(handles.abortProxy(), Kind.ABORT_PROXY, -1, HostObject.ABORT_WORD0, 0);
      edit.addObject(handles.bypassProxy(), Kind.BYPASS_PROXY, -1, HostObject.BYPASS_WORD0, 0);
      edit.addObject(handles.veventq(), Kind.VEVENTQ, -1, 0, 0);
    }
    int streamId = attached.streamId();
    edit.addObject(attached.deviceHandle(), Kind.DEVICE, streamId, 0, 0);
    edit.addObject(attached.vdeviceHandle(), Kind.VDEVICE, streamId, 0, 0);
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
              : StreamEvolution.withoutAttachment(edit, stream);
    }
  }

  /** Removes all devices and all objects of the host; streams remain. */
  static void freeAll(StateEdit edit) {
    for (StreamState stream : List.copyOf(edit.streams.values())) {
      edit.streams = edit.streams.plus(stream.streamId(), stream.withoutDevice());
    }
    edit.devices = TreePMap.empty();
    edit.objects = TreePMap.empty();
    edit.hostHandles = HostHandles.NONE;
  }
}
