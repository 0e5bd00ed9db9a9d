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
 * Moves devices between HWPTs for one decision. Unused HWPTs are destroyed last, because the kernel
 * destroys none to which a device is attached.
 *
 * <p>All devices of an iommu group are attached to one HWPT: replacing it for one device moves all
 * that are attached, and a further device can only be attached to the group's HWPT
 * (drivers/iommu/iommufd/device.c). A group therefore also fails closed as a whole. A move that the
 * host refused to a group is not tried again within a decision, because the log treats the recorded
 * refusal as final.
 */
final class StreamSteps {

  private record RefusedMove(int group, long hwpt) {}

  private final IommuContext context;
  private final InvalidationCall call;
  private final OperationLog log;
  private final DeviceAttachments attachments;
  private final VsmmuState state;
  private final Set<RefusedMove> refusals = new HashSet<>();
  private final Set<Integer> incomplete = new HashSet<>();

  StreamSteps(
      IommuContext context,
      InvalidationCall call,
      OperationLog log,
      DeviceAttachments attachments,
      VsmmuState state) {
    this.context = context;
    this.call = call;
    this.log = log;
    this.attachments = attachments;
    this.state = state;
  }

  /** Notes that the host refused the device or one of its objects, which was recorded. */
  void markIncomplete(int streamId) {
    incomplete.add(streamId);
  }

  void configure(StreamConfigured to) {
    DeviceState device = state.devices().get(to.streamId());
    if (device == null) {
      return;
    }
    attachments.unused(state.hostHandles(), to.freesHwpt(), to.streamId());
    // An incomplete device closes its group, even if the move of the group has moved it too.
    boolean moved = to.reason() == Reason.GROUP_MOVED && !incomplete.contains(to.streamId());
    if (moved && attachments.hwptOf(device) == to.hwpt()) {
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
    attachOrClose(device, to.hwpt(), made, to.entry());
  }

  /** Attaches every device to the HWPT that the state has for its stream. */
  void restore() {
    for (DeviceState device : state.devices().values()) {
      StreamState stream = state.streams().get(device.streamId());
      if (stream != null) {
        attachOrClose(device, stream.hwpt(), state.objects().get(stream.hwpt()), -1);
      }
    }
  }

  /**
   * Destroys the HWPTs that no stream uses any more, with a second try when the first fails. One
   * that cannot be destroyed stays for the next decision.
   */
  void finish() {
    for (Map.Entry<Long, Integer> old : List.copyOf(attachments.unused().entrySet())) {
      long hwpt = old.getKey();
      if (log.recordEarlyEnd(hwpt, old.getValue())
          || !log.has(hwpt)
          || destroy(hwpt, old.getValue())
          || (!attachments.isUsed(hwpt) && destroy(hwpt, old.getValue()))) {
        attachments.unused().remove(hwpt);
      }
    }
  }

  private boolean destroy(long hwpt, int streamId) {
    return log.recordEnd(
        Kind.DESTROY, hwpt, streamId, log.call(() -> context.destroy(log.kernelId(hwpt))));
  }

  /**
   * Attaches the device to an HWPT, or moves its group to the abort proxy when that fails.
   *
   * @param made the HWPT, which is allocated unless it exists; null for an HWPT that must exist
   * @param entry index within the slice of the guest's command that caused it, or -1
   */
  private void attachOrClose(DeviceState device, long hwpt, @Nullable HostObject made, int entry) {
    RefusedMove refusal = new RefusedMove(device.device().group(), hwpt);
    List<DeviceState> translating = translating(device, hwpt);
    boolean attached =
        isComplete(device, hwpt)
            && !refusals.contains(refusal)
            && (made == null || log.has(hwpt) || allocate(device, made))
            && attach(device, hwpt)
            && invalidateContextDescriptors(translating, entry);
    if (!attached) {
      refusals.add(refusal);
      close(device);
      attachments.unused(state.hostHandles(), hwpt, device.streamId());
    }
  }

  /**
   * Whether the device has all its objects, so that it may be attached. For an incomplete one whose
   * HWPT does not exist the attachment is requested all the same, so that the outcome records the
   * kernel's refusal.
   */
  private boolean isComplete(DeviceState device, long hwpt) {
    if (!incomplete.contains(device.streamId())) {
      return true;
    }
    if (log.has(device.deviceHandle()) && !log.has(hwpt)) {
      move(device, hwpt, List.of());
    }
    return false;
  }

  private boolean allocate(DeviceState device, HostObject hwpt) {
    long viommu = state.hostHandles().viommu();
    return log.recordMade(
        Kind.ALLOC_HWPT,
        hwpt.handle(),
        viommu,
        device.streamId(),
        log.call(
            () ->
                context.allocNestedHwpt(
                    log.kernelId(device.deviceHandle()),
                    log.kernelId(viommu),
                    0,
                    hwpt.word0(),
                    hwpt.word1())));
  }

  /**
   * Attaches the device. If it is not attached and others of its group are, the group is moved
   * first.
   */
  private boolean attach(DeviceState device, long hwpt) {
    List<DeviceState> members = attachments.attachedGroupMembers(state, device);
    if (!attachments.isAttached(device) && !members.isEmpty()) {
      DeviceState leader = members.getFirst();
      if (attachments.hwptOf(leader) != hwpt && !move(leader, hwpt, members)) {
        return false;
      }
    }
    return move(device, hwpt, members);
  }

  private boolean move(DeviceState device, long hwpt, List<DeviceState> members) {
    boolean moved =
        log.record(
            Kind.ATTACH,
            device.deviceHandle(),
            hwpt,
            device.streamId(),
            log.call(
                () -> context.attach(log.kernelId(device.deviceHandle()), log.kernelId(hwpt))));
    if (moved) {
      attachments.attached(device, hwpt);
      members.forEach(member -> attachments.attached(member, hwpt));
    }
    return moved;
  }

  /**
   * Attaches the group to the abort proxy; if that is refused as well, its devices are detached,
   * which blocks their DMA.
   */
  private void close(DeviceState device) {
    List<DeviceState> members = new ArrayList<>(attachments.attachedGroupMembers(state, device));
    if (log.has(device.deviceHandle())) {
      members.addFirst(device);
    }
    if (members.isEmpty() || attach(members.getFirst(), state.hostHandles().abortProxy())) {
      return;
    }
    for (DeviceState member : members) {
      if (attachments.isAttached(member)
          && log.record(
              Kind.DETACH,
              member.deviceHandle(),
              0,
              member.streamId(),
              log.call(() -> context.detach(log.kernelId(member.deviceHandle()))))) {
        attachments.detached(member.deviceHandle());
      }
    }
  }

  /**
   * The devices that a move to {@code hwpt} takes from one nested HWPT to another, both with a
   * stage 1.
   */
  private List<DeviceState> translating(DeviceState device, long hwpt) {
    List<DeviceState> members = new ArrayList<>();
    if (DeviceAttachments.isNested(state.hostHandles(), hwpt)) {
      members.add(device);
      members.addAll(attachments.attachedGroupMembers(state, device));
      members.removeIf(
          member ->
              attachments.hwptOf(member) == hwpt
                  || !DeviceAttachments.isNested(state.hostHandles(), attachments.hwptOf(member)));
    }
    return members;
  }

  /**
   * Invalidates the CDs of the streams: CMD_CFGI_STE also invalidates those (IHI 0070, 4.3.1), but
   * the kernel issues no command when the words of the STE do not change (arm-smmu-v3.c,
   * arm_smmu_write_entry).
   *
   * @return false when that failed and no command of the guest can report the failure
   */
  private boolean invalidateContextDescriptors(List<DeviceState> members, int entry) {
    InvalidationRun invalidations = new InvalidationRun(context, call, log, state);
    boolean invalidated = true;
    for (DeviceState member : members) {
      invalidated &= invalidations.invalidateContextDescriptors(member.streamId(), entry);
    }
    return invalidated || entry >= 0;
  }
}
