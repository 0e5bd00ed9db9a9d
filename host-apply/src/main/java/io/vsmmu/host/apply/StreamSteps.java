package io.vsmmu.host.apply;

import io.vsmmu.host.IommuContext;
import io.vsmmu.smmu.event.StreamConfigured;
import io.vsmmu.smmu.event.StreamConfigured.Reason;
import io.vsmmu.smmu.model.DeviceState;
import io.vsmmu.smmu.model.HostObject;
import io.vsmmu.smmu.model.StreamState;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.stimulus.HostOperation.Kind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Moves devices between HWPTs for one decision. Old HWPTs go last: the kernel destroys none that is
 * attached.
 *
 * <p>All devices of an iommu group sit on one HWPT: replacing it for one moves those that are
 * attached, and one that comes may only join (drivers/iommu/iommufd/device.c). So a group also
 * fails closed as one, and what the host refused to a group is not tried again within a decision:
 * the log takes the refusal for the end of the matter.
 */
final class StreamSteps {

  private record Refusal(int group, long hwpt) {}

  private final IommuContext context;
  private final InvalidationCall call;
  private final OperationLog log;
  private final DevicePlacement placement;
  private final VsmmuState state;
  private final Set<Refusal> refusals = new HashSet<>();
  private final Set<Integer> absent = new HashSet<>();

  StreamSteps(
      IommuContext context,
      InvalidationCall call,
      OperationLog log,
      DevicePlacement placement,
      VsmmuState state) {
    this.context = context;
    this.call = call;
    this.log = log;
    this.placement = placement;
    this.state = state;
  }

  /** The device could not be brought to the host, which was recorded. */
  void absent(int streamId) {
    absent.add(streamId);
  }

  void configure(StreamConfigured to) {
    DeviceState device = state.devices().get(to.streamId());
    if (device == null) {
      return;
    }
    placement.unused(state.hostHandles(), to.freesHwpt(), to.streamId());
    // One that lacks a part closes its group, even if the group's move took it along.
    boolean moved = to.reason() == Reason.GROUP_MOVED && !absent.contains(to.streamId());
    if (moved && placement.hwptOf(device) == to.hwpt()) {
      return;
    }
    HostObject made =
        to.allocatesHwpt()
            ? new HostObject(
                to.hwpt(),
                HostObject.Kind.NESTED_HWPT,
                0,
                to.streamId(),
                to.hostWord0(),
                to.hostWord1(),
                0)
            : null;
    place(device, to.hwpt(), made, to.entry());
  }

  /** Attaches every device to the HWPT that the state says. */
  void restore() {
    for (DeviceState device : state.devices().values()) {
      StreamState stream = state.streams().get(device.streamId());
      if (stream != null) {
        place(device, stream.hwpt(), state.objects().get(stream.hwpt()), -1);
      }
    }
  }

  /**
   * Destroys what no device uses any more, at the second try if need be; what cannot be destroyed
   * is kept for the next time.
   */
  void finish() {
    for (Map.Entry<Long, Integer> old : List.copyOf(placement.unused().entrySet())) {
      long hwpt = old.getKey();
      if (log.goneEarly(hwpt, old.getValue())
          || !log.knows(hwpt)
          || destroy(hwpt, old.getValue())
          || (!placement.isUsed(hwpt) && destroy(hwpt, old.getValue()))) {
        placement.unused().remove(hwpt);
      }
    }
  }

  private boolean destroy(long hwpt, int streamId) {
    return log.gone(Kind.DESTROY, hwpt, streamId, context.destroy(log.kernelId(hwpt)));
  }

  /**
   * Brings the device to a HWPT, or closes its group.
   *
   * @param made the HWPT, to be allocated unless it is there; null for one that must be
   * @param entry index within the slice of the command that asked for it, or -1
   */
  private void place(DeviceState device, long hwpt, @Nullable HostObject made, int entry) {
    Refusal refusal = new Refusal(device.device().group(), hwpt);
    List<DeviceState> translating = translating(device, hwpt);
    boolean placed =
        present(device, hwpt)
            && !refusals.contains(refusal)
            && (made == null || log.knows(hwpt) || allocate(device, made))
            && attach(device, hwpt)
            && forgetContextDescriptors(translating, entry);
    if (!placed) {
      refusals.add(refusal);
      close(device);
      placement.unused(state.hostHandles(), hwpt, device.streamId());
    }
  }

  /** One that lacks a part is not placed; what it has no HWPT for is asked, for the log to tell. */
  private boolean present(DeviceState device, long hwpt) {
    if (!absent.contains(device.streamId())) {
      return true;
    }
    if (log.knows(device.deviceHandle()) && !log.knows(hwpt)) {
      move(device, hwpt, List.of());
    }
    return false;
  }

  private boolean allocate(DeviceState device, HostObject hwpt) {
    long viommu = state.hostHandles().viommu();
    return log.made(
        Kind.ALLOC_HWPT,
        hwpt.handle(),
        viommu,
        device.streamId(),
        context.allocNestedHwpt(
            log.kernelId(device.deviceHandle()),
            log.kernelId(viommu),
            0,
            hwpt.word0(),
            hwpt.word1()));
  }

  /** Attaches the device; one that joins its group has the group moved first. */
  private boolean attach(DeviceState device, long hwpt) {
    List<DeviceState> mates = placement.attachedMates(state, device);
    if (!placement.isAttached(device) && !mates.isEmpty()) {
      DeviceState leader = mates.getFirst();
      if (placement.hwptOf(leader) != hwpt && !move(leader, hwpt, mates)) {
        return false;
      }
    }
    return move(device, hwpt, mates);
  }

  private boolean move(DeviceState device, long hwpt, List<DeviceState> mates) {
    boolean moved =
        log.done(
            Kind.ATTACH,
            device.deviceHandle(),
            hwpt,
            device.streamId(),
            context.attach(log.kernelId(device.deviceHandle()), log.kernelId(hwpt)));
    if (moved) {
      placement.attached(device, hwpt);
      mates.forEach(mate -> placement.attached(mate, hwpt));
    }
    return moved;
  }

  /** The group goes to the abort proxy; where even that is refused, its DMA is blocked. */
  private void close(DeviceState device) {
    List<DeviceState> members = new ArrayList<>(placement.attachedMates(state, device));
    if (log.knows(device.deviceHandle())) {
      members.addFirst(device);
    }
    if (members.isEmpty() || attach(members.getFirst(), state.hostHandles().abortProxy())) {
      return;
    }
    for (DeviceState member : members) {
      if (placement.isAttached(member)
          && log.done(
              Kind.DETACH,
              member.deviceHandle(),
              0,
              member.streamId(),
              context.detach(log.kernelId(member.deviceHandle())))) {
        placement.detached(member.deviceHandle());
      }
    }
  }

  /** The devices that a move to {@code hwpt} takes from one stage 1 to another. */
  private List<DeviceState> translating(DeviceState device, long hwpt) {
    List<DeviceState> members = new ArrayList<>();
    if (DevicePlacement.isNested(state.hostHandles(), hwpt)) {
      members.add(device);
      members.addAll(placement.attachedMates(state, device));
      members.removeIf(
          member ->
              placement.hwptOf(member) == hwpt
                  || !DevicePlacement.isNested(state.hostHandles(), placement.hwptOf(member)));
    }
    return members;
  }

  /**
   * CMD_CFGI_STE also forgets the CDs behind the STE (IHI 0070, 4.3.1). The kernel issues nothing
   * when the words of the STE stay the same (arm-smmu-v3.c, arm_smmu_write_entry), so the CDs are
   * invalidated here.
   *
   * @return false when that failed and no guest waits to be told
   */
  private boolean forgetContextDescriptors(List<DeviceState> members, int entry) {
    InvalidationRun invalidations = new InvalidationRun(context, call, log, state);
    boolean forgotten = true;
    for (DeviceState member : members) {
      forgotten &= invalidations.forgetContextDescriptors(member.streamId(), entry);
    }
    return forgotten || entry >= 0;
  }
}
