package io.vsmmu.recordings.qemu;

import io.vsmmu.recordings.qemu.TraceAssembler.Placement;
import io.vsmmu.smmu.model.Limits;
import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.stimulus.AutoSwitch;
import io.vsmmu.smmu.stimulus.HostDevice;
import io.vsmmu.smmu.stimulus.RecordedHostCall;
import io.vsmmu.smmu.stimulus.SteReading;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which vSMMU a call of the recorded VMM to its host was for. The ids of the call name a vIOMMU;
 * whose it is shows when a vDEVICE is made for it, or an invalidation issued, while exactly one
 * vSMMU consumes a command that does so. A recording with at most one vIOMMU and one vSMMU leaves
 * no question.
 */
final class HostCallPlacement {

  /** What stands for the SMMU of the recorded host: a trace does not name it. */
  static final String RECORDED_SMMU = "recorded";

  private final Tracks tracks;
  private final Tally tally;
  private final Resets.KeptText kept;
  private final KernelObjects objects = new KernelObjects();
  private List<RecordedHostCall> beforeFirst = new ArrayList<>();

  HostCallPlacement(Tracks tracks, Tally tally, Resets.KeptText kept) {
    this.tracks = tracks;
    this.tally = tally;
    this.kept = kept;
  }

  Placement place(TraceLine.HostCall call, long line) {
    KernelObjects.Viommu viommu = objects.apply(call);
    RecordedHostCall recorded =
        new RecordedHostCall(call.name(), call.arguments(), call.entries(), call.result(), line);
    SmmuTrack track = owner(viommu, call);
    if (track == null) {
      return hold(viommu, recorded);
    }
    deliver(track, recorded);
    if (call.kind() == TraceLine.HostCallKind.ALLOC_VDEVICE && call.result() == 0) {
      attach(track, call);
    }
    return Placement.ATTRIBUTED;
  }

  private @Nullable SmmuTrack owner(
      KernelObjects.@Nullable Viommu viommu, TraceLine.HostCall call) {
    if (viommu != null && viommu.owner() != null) {
      return viommu.owner();
    }
    SmmuTrack found = caller(call);
    if (found == null && tracks.single() && objects.viommus().size() <= 1) {
      found = tracks.first();
    }
    if (found != null && viommu != null) {
      SmmuTrack owner = found;
      List<RecordedHostCall> held = viommu.own(owner);
      tally.attributed(held.size());
      held.forEach(owner.output()::call);
    }
    return found;
  }

  /** The only vSMMU that is just consuming a command which makes such a call. */
  private @Nullable SmmuTrack caller(TraceLine.HostCall call) {
    return switch (call.kind()) {
      case ALLOC_VDEVICE -> tracks.only(consuming(c -> c.readsSte((int) call.streamId())));
      case INVALIDATE -> tracks.only(consuming(CommandAssembly::invalidates));
      default -> null;
    };
  }

  private static Predicate<SmmuTrack> consuming(Predicate<CommandAssembly> command) {
    return track -> {
      OpenAccess open = track.access();
      CommandAssembly current = open == null ? null : open.current();
      return current != null && command.test(current);
    };
  }

  private Placement hold(KernelObjects.@Nullable Viommu viommu, RecordedHostCall call) {
    if (tracks.all().isEmpty() && beforeFirst.size() < TraceLimits.HELD_HOST_CALLS) {
      beforeFirst.add(call);
      return Placement.HELD;
    }
    return viommu != null && viommu.hold(call) ? Placement.HELD : Placement.UNATTRIBUTED;
  }

  /** The recording's first vSMMU has shown up: what came before it is its own, if nothing else. */
  void started(SmmuTrack first) {
    List<RecordedHostCall> calls = beforeFirst;
    beforeFirst = new ArrayList<>();
    if (objects.viommus().size() <= 1) {
      tally.attributed(calls.size());
      calls.forEach(first.output()::call);
      objects.viommus().forEach(v -> v.own(first));
    } else {
      calls.forEach(this::abandon);
    }
  }

  private void deliver(SmmuTrack track, RecordedHostCall call) {
    OpenAccess open = track.access();
    if (open == null) {
      track.output().call(call);
      return;
    }
    open.call(call);
    if (open.heldCalls() >= TraceLimits.HELD_COMMANDS) {
      tally.warn("host calls of a very long access come before its register write", call.line());
      track.output().access(List.of(), open.takeCalls());
    }
  }

  /** A vDEVICE tells that a host device is behind the vSMMU, and its StreamID. */
  private void attach(SmmuTrack track, TraceLine.HostCall call) {
    int streamId = (int) call.streamId();
    String known = objects.address(call.iommufd(), call.deviceId());
    String address = known.isEmpty() ? "unknown:devid=" + call.deviceId() : known;
    track.stream(streamId);
    String before = track.devices().get(streamId);
    if (address.equals(before)) {
      return;
    }
    if (before != null) {
      give(track, new Stimulus.DetachDevice(streamId));
    } else if (track.devices().size() >= Limits.DEVICES) {
      tally.warn("more devices than a vSMMU can have", 0);
      return;
    }
    track.devices().put(streamId, address);
    IdRegisters ids = track.registers().ids();
    HostDevice device =
        new HostDevice(address, RECORDED_SMMU, (int) call.deviceId(), ids, ids.ats());
    give(
        track,
        new Stimulus.AttachDevice(
            streamId, device, AutoSwitch.AUTO, ids, SteReading.notTold(streamId)));
  }

  /** smmuv3_accel_unset_iommu_device: a device is taken away. */
  Placement device(TraceLine.AccelDevice line, Tracks all) {
    String address = objects.address(line.deviceId());
    SmmuTrack track = all.only(t -> t.devices().containsValue(address));
    if (track == null) {
      return all.single() ? Placement.ATTRIBUTED : unplaced(all);
    }
    if (!line.set()) {
      List<Integer> gone =
          track.devices().entrySet().stream()
              .filter(e -> e.getValue().equals(address))
              .map(Map.Entry::getKey)
              .toList();
      gone.forEach(
          streamId -> {
            track.devices().remove(streamId);
            give(track, new Stimulus.DetachDevice(streamId));
          });
    }
    return Placement.ATTRIBUTED;
  }

  private static Placement unplaced(Tracks all) {
    return all.all().isEmpty() ? Placement.KEPT : Placement.UNATTRIBUTED;
  }

  private static void give(SmmuTrack track, Stimulus stimulus) {
    OpenAccess open = track.access();
    if (open != null) {
      open.device(stimulus);
    } else {
      track.output().emit(stimulus);
    }
  }

  /** Calls that still wait for an owner have none. */
  void finish() {
    beforeFirst.forEach(this::abandon);
    objects.viommus().forEach(v -> v.takeHeld().forEach(this::abandon));
  }

  private void abandon(RecordedHostCall call) {
    tally.unattributed(1);
    kept.keep(call.line(), call.name() + " " + call.arguments());
  }
}
