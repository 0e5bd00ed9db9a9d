package io.vsmmu.smmu.model;

import io.vsmmu.problem.Problem;
import io.vsmmu.smmu.event.DeviceAttached;
import io.vsmmu.smmu.event.DeviceDetached;
import io.vsmmu.smmu.event.HardwareQueueClosed;
import io.vsmmu.smmu.event.IdentityResolved;
import io.vsmmu.smmu.event.StreamConfigured.Reason;
import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.spec.OnOffAuto;
import io.vsmmu.smmu.stimulus.HostDevice;
import io.vsmmu.smmu.stimulus.Stimulus.AttachDevice;
import io.vsmmu.smmu.stimulus.Stimulus.DetachDevice;
import java.util.Optional;

/** Decides whether a host device may be attached, and what attaching and detaching it changes. */
final class DeviceDecisions {

  private DeviceDecisions() {}

  static Decision attach(VsmmuState state, AttachDevice attach) {
    Optional<Decision> refusal = refusal(state, attach);
    if (refusal.isPresent()) {
      return refusal.get();
    }
    Draft draft = new Draft(state);
    boolean first = !state.hostHandles().present();
    long shared = first ? state.nextHandle() : 0;
    long handle = state.nextHandle() + (first ? HostHandles.COUNT : 0);
    draft.emit(
        new DeviceAttached(
            attach.streamId(),
            attach.device(),
            attach.ats(),
            attach.resolved(),
            attach.fetch(),
            handle,
            handle + 1,
            atsEnabled(attach),
            shared));
    IdRegisters resolved = resolved(state, attach);
    if (!resolved.equals(state.ids())) {
      draft.emit(new IdentityResolved(resolved));
    }
    if (state.enabled()) {
      StreamPlacement.install(draft, attach.fetch(), Reason.DEVICE_ATTACHED, -1);
    } else {
      StreamPlacement.redrive(draft, attach.streamId(), Reason.DEVICE_ATTACHED);
    }
    return draft.accepted();
  }

  static Decision detach(VsmmuState state, DetachDevice detach) {
    DeviceState device = state.devices().get(detach.streamId());
    if (device == null) {
      return new Decision.Refused(
          new Problem("sid", hex(detach.streamId()), "a StreamID that a device of this vSMMU has"));
    }
    StreamState stream = state.streams().get(detach.streamId());
    long freed = stream == null ? 0 : StreamPlacement.freed(state, detach.streamId(), 0);
    HostHandles shared = state.hostHandles();
    boolean undone = detach.shownBefore().isPresent();
    boolean alone = state.devices().size() == 1;
    boolean broughtShared = undone && shared.cameWith(device) && alone;
    // The objects are on the VMM's iommufd, and the next VMM has another one.
    boolean leavesVmm = device.device().ownedByVmm() && alone;
    Draft draft = new Draft(state);
    draft.emit(
        new DeviceDetached(
            detach.streamId(),
            device.deviceHandle(),
            device.vdeviceHandle(),
            freed,
            broughtShared || leavesVmm ? shared.first() : 0,
            detach.shownBefore()));
    if (broughtShared) {
      detach.shownBefore().ifPresent(before -> restore(draft, before));
    }
    if (draft.state().devices().isEmpty()) {
      HardwareQueueDecisions.closeAll(draft, HardwareQueueClosed.Reason.NO_DEVICE);
    }
    return draft.accepted();
  }

  /** Restores the ID registers, unless a guest may have read their present values. */
  private static void restore(Draft draft, IdRegisters before) {
    VsmmuState state = draft.state();
    IdRegisters ids = before.withMsi(state.ids().msi());
    if (!state.identityMayBeKnown() && !ids.equals(state.ids())) {
      draft.emit(new IdentityResolved(ids));
    }
  }

  /**
   * The stimulus's ID registers with today's IDR0.MSI, which depends on the VMM and not on the
   * host.
   */
  private static IdRegisters resolved(VsmmuState state, AttachDevice attach) {
    return attach.resolved().withMsi(state.ids().msi());
  }

  private static boolean atsEnabled(AttachDevice attach) {
    return attach.resolved().ats()
        && attach.ats() != OnOffAuto.OFF
        && attach.device().atsSupported();
  }

  private static Optional<Decision> refusal(VsmmuState state, AttachDevice attach) {
    HostDevice device = attach.device();
    int streamIds = 1 << Math.min(attach.resolved().sidSize(), 30);
    if (attach.streamId() < 0 || attach.streamId() >= streamIds) {
      return refused(
          "sid", hex(attach.streamId()), "0x0 to " + hex(streamIds - 1) + " (IDR1.SIDSIZE)");
    }
    if (state.devices().containsKey(attach.streamId())) {
      return refused("sid", hex(attach.streamId()), "a StreamID that no device has yet");
    }
    if (state.devices().size() >= Limits.DEVICES) {
      return refused("hostDevice", device.address(), "at most " + Limits.DEVICES + " devices");
    }
    if (attach.fetch().streamId() != attach.streamId()) {
      return refused(
          "reading", hex(attach.fetch().streamId()), "the STE of " + hex(attach.streamId()));
    }
    HostHandles shared = state.hostHandles();
    if (!shared.physicalSmmu().isEmpty() && !shared.physicalSmmu().equals(device.physicalSmmu())) {
      return refused(
          "hostDevice",
          device.address() + " behind " + device.physicalSmmu(),
          "a device behind "
              + shared.physicalSmmu()
              + ": one vSMMU per physical SMMU; add another vSMMU for this device");
    }
    return unlikeOthers(state, attach).or(() -> lacking(state, attach));
  }

  private static Optional<Decision> unlikeOthers(VsmmuState state, AttachDevice attach) {
    HostDevice device = attach.device();
    int members = 0;
    for (DeviceState other : state.devices().values()) {
      if (other.device().address().equals(device.address())) {
        return refused(
            "hostDevice", device.address(), "a device that is not behind this vSMMU already");
      }
      members += other.device().group() == device.group() ? 1 : 0;
    }
    return Math.max(members, device.groupMates().size()) < Limits.GROUP_DEVICES
        ? Optional.empty()
        : refused(
            "hostDevice",
            device.address() + " of iommu group " + device.group(),
            "at most " + Limits.GROUP_DEVICES + " devices of one iommu group");
  }

  private static Optional<Decision> lacking(VsmmuState state, AttachDevice attach) {
    HostDevice device = attach.device();
    if (attach.ats() == OnOffAuto.ON && !(device.atsSupported() && attach.resolved().ats())) {
      return refused(
          "ats", "on", "auto or off: the device or its SMMU has no ATS (" + device.address() + ")");
    }
    boolean frozen = state.guestStarted() || state.hostHandles().present();
    if (frozen && !resolved(state, attach).equals(state.ids())) {
      return refused(
          "hostDevice",
          device.address(),
          "a device whose host has what the ID registers show since the first device was attached"
              + " or the guest started");
    }
    return Optional.empty();
  }

  private static Optional<Decision> refused(String field, String value, String allowed) {
    return Optional.of(new Decision.Refused(new Problem(field, value, allowed)));
  }

  private static String hex(int value) {
    return "0x" + Integer.toHexString(value);
  }
}
