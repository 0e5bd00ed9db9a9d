package io.vsmmu.control.vmm;

import io.vsmmu.control.host.LocalHost;
import io.vsmmu.control.host.VmmProblems;
import io.vsmmu.control.request.RequestRefusedException;
import io.vsmmu.control.session.LiveVsmmus;
import io.vsmmu.control.session.VsmmuAdministration;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.host.HostResult;
import io.vsmmu.host.kernel.DescriptorWatch;
import io.vsmmu.host.kernel.HostProblem;
import io.vsmmu.host.kernel.VmmProcesses;
import io.vsmmu.host.vmm.VmmRefusal;
import io.vsmmu.posix.Fd;
import io.vsmmu.posix.PosixException;
import io.vsmmu.smmu.model.DeviceState;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Attaches and detaches the devices of one VMM, as the VMM binds, unplugs or moves them: the
 * transitions of {@link VmmDeviceState} that follow from what the VMM did. Methods take the monitor
 * of the VMM while they change its devices, and wait for sessions under it; {@link #reattach} needs
 * none, because no other thread has the VMM yet. Has no state of its own.
 */
final class VmmDeviceAttachments {

  /** The subject in the log of what is done here. */
  static final String SUBJECT = "vmm";

  /** The answer of {@link DescriptorWatch} when the process has closed the device's file. */
  private static final Optional<Boolean> GONE = Optional.of(false);

  private static final System.Logger LOGGER =
      System.getLogger(VmmDeviceAttachments.class.getName());

  private final LocalHost host;
  private final LiveVsmmus live;
  private final VsmmuAdministration vsmmus;

  VmmDeviceAttachments(LocalHost host, LiveVsmmus live, VsmmuAdministration vsmmus) {
    this.host = host;
    this.live = live;
    this.vsmmus = vsmmus;
  }

  /** Attaches at once the devices that the VMM has bound, without waiting until they settle. */
  void attachBound(DeviceOwningVmm vmm) {
    try {
      synchronized (vmm) {
        vmm.devices.values().stream()
            .filter(device -> device.state() == VmmDeviceState.WAITING)
            .filter(device -> vmm.iommufd.isBound(device.address))
            .forEach(device -> take(vmm, device));
      }
    } catch (RuntimeException failed) {
      LOGGER.log(
          Level.WARNING,
          "Devices of a VMM are not attached yet; the next check tries again",
          failed);
    }
  }

  /** Looks once at what the VMM did with its devices. */
  void check(DeviceOwningVmm vmm) {
    synchronized (vmm) {
      boolean attached =
          vmm.devices.values().stream().anyMatch(d -> d.state() == VmmDeviceState.ATTACHED);
      if (attached) {
        noticeDetached(vmm);
      }
      for (VmmDevice device : vmm.devices.values()) {
        switch (device.state()) {
          case WAITING -> tryToTake(vmm, device);
          case UNPLUGGED -> lookForFile(vmm, device);
          case FOUND -> lookForVsmmu(vmm, device);
          case ATTACHED, RETURNED, FAILED -> {}
        }
      }
    }
  }

  private void tryToTake(DeviceOwningVmm vmm, VmmDevice device) {
    if (!vmm.iommufd.isBound(device.address)) {
      device.boundSince = 0;
      return;
    }
    long now = System.nanoTime();
    if (device.boundSince == 0) {
      device.boundSince = now;
    }
    if (now - device.boundSince < VmmWatchLimits.SETTLE.toNanos()) {
      return;
    }
    take(vmm, device);
  }

  private void take(DeviceOwningVmm vmm, VmmDevice device) {
    switch (vmm.context.bind(device.address)) {
      case HostResult.Ok<Integer>(Integer devId) -> found(vmm, device);
      case HostResult.Refused<Integer>(var errno) -> {
        VmmRefusal why = VmmRefusal.of(errno).orElse(VmmRefusal.OTHER_IOMMUFD);
        if (!why.isTemporary()) {
          fails(vmm, device, VmmProblems.of(device.address, why));
        }
      }
    }
  }

  private void found(DeviceOwningVmm vmm, VmmDevice device) {
    if (!vmm.space.ownedByVmm()) {
      vmm.space.useVmmIommufd(vmm.context, false);
    }
    if (device.streamId().isEmpty()) {
      device.enter(VmmDeviceState.FOUND);
      return;
    }
    try {
      vsmmus.attach(
          device.vsmmu(), device.address, device.streamId().getAsInt(), device.ats, SUBJECT);
      device.enter(VmmDeviceState.ATTACHED);
      LOGGER.log(
          Level.INFO,
          "{0} of the VMM of {1} is behind vSMMU {2}",
          device.address,
          vmm.vm,
          device.vsmmu());
    } catch (RequestRefusedException refused) {
      vmm.context.release(device.address);
      fails(vmm, device, RefusedOfferException.problem(refused));
    }
  }

  /** Notices that an operator attached the device by its address. */
  private void lookForVsmmu(DeviceOwningVmm vmm, VmmDevice device) {
    vsmmus
        .holder(device.address)
        .filter(vmm.vsmmus::contains)
        .ifPresent(
            holder ->
                vsmmus.state(holder).devices().values().stream()
                    .filter(there -> there.device().address().equals(device.address))
                    .findFirst()
                    .ifPresent(there -> device.attachedTo(holder.name(), there.streamId())));
  }

  private static void fails(DeviceOwningVmm vmm, VmmDevice device, HostProblem problem) {
    device.fails(problem);
    LOGGER.log(
        Level.WARNING,
        "{0} of the VMM of {1} is not behind its vSMMU: {2}",
        device.address,
        vmm.vm,
        problem.what().message());
  }

  /** Finds devices that the VMM unplugged or attached elsewhere, or that an operator detached. */
  private void noticeDetached(DeviceOwningVmm vmm) {
    for (RegisteredVsmmu vsmmu : vmm.vsmmus) {
      for (int streamId : live.of(vsmmu).detachedByVmm()) {
        device(vmm, vsmmu, streamId).ifPresent(device -> detach(vmm, device));
      }
    }
    for (VmmDevice device : vmm.devices.values()) {
      if (device.state() != VmmDeviceState.ATTACHED) {
        continue;
      }
      if (!vmm.iommufd.files().contains(device.address)) {
        device.enter(VmmDeviceState.RETURNED);
      } else if (vmm.descriptors.flatMap(open -> open.has(device.address)).equals(GONE)) {
        detach(vmm, device);
      }
    }
  }

  private static Optional<VmmDevice> device(
      DeviceOwningVmm vmm, RegisteredVsmmu vsmmu, int streamId) {
    return vmm.devices.values().stream()
        .filter(device -> device.vsmmu().equals(vsmmu.name()))
        .filter(device -> device.streamId().equals(OptionalInt.of(streamId)))
        .findFirst();
  }

  private void detach(DeviceOwningVmm vmm, VmmDevice device) {
    Integer devId = vmm.context.devices().get(device.address);
    vsmmus.detach(device.vsmmu(), device.streamId().orElseThrow(), SUBJECT);
    if (devId != null && vmm.context.exists(devId)) {
      fails(vmm, device, VmmProblems.attachedElsewhere(device.address));
    } else {
      device.enter(VmmDeviceState.UNPLUGGED);
      LOGGER.log(Level.INFO, "The VMM of {0} unplugged {1}", vmm.vm, device.address);
    }
  }

  /** Finds the new file of a device that the VMM plugged in again. */
  private void lookForFile(DeviceOwningVmm vmm, VmmDevice device) {
    OptionalInt number =
        vmm.descriptors.map(open -> open.find(device.address)).orElse(OptionalInt.empty());
    if (number.isEmpty()) {
      return;
    }
    try {
      Fd copy = VmmProcesses.copies(vmm.pid, List.of(number.getAsInt())).getFirst();
      Optional<HostProblem> refused = host.addFile(vmm.iommufd, copy);
      if (refused.isPresent()) {
        fails(vmm, device, refused.get());
      } else {
        device.enter(VmmDeviceState.WAITING);
      }
    } catch (PosixException notNow) {
      LOGGER.log(Level.DEBUG, "{0}: {1}", device.address, notNow.getMessage());
    }
  }

  /** Takes over devices that are in the logs already, because an earlier process attached them. */
  void reattach(DeviceOwningVmm vmm) {
    boolean there = true;
    for (RegisteredVsmmu vsmmu : vmm.vsmmus) {
      var state = vsmmus.state(vsmmu);
      for (DeviceState device : state.devices().values()) {
        there &=
            VmmFinder.hasObjects(vmm.context, state)
                && vmm.context
                    .bindAgain(
                        device.device().address(), VmmFinder.kernelId(state, device.deviceHandle()))
                    .isOk();
      }
    }
    for (RegisteredVsmmu vsmmu : vmm.vsmmus) {
      for (DeviceState device : vsmmus.state(vsmmu).devices().values()) {
        if (!there) {
          vsmmus.detach(vsmmu.name(), device.streamId(), SUBJECT);
          continue;
        }
        VmmDevice known = vmm.devices.get(device.device().address());
        if (known != null) {
          known.enter(VmmDeviceState.ATTACHED);
        }
      }
    }
    vmm.space.useVmmIommufd(vmm.context, there);
    if (there) {
      vmm.vsmmus.forEach(live::bringBackLent);
      vmm.space.sweep();
    }
  }

  /** Detaches the devices of a VMM. If it lives, they use its own page table again. */
  void end(DeviceOwningVmm vmm) {
    synchronized (vmm) {
      for (VmmDevice device : vmm.devices.values()) {
        if (device.state() == VmmDeviceState.ATTACHED
            && vmm.context.devices().containsKey(device.address)) {
          vsmmus.detach(device.vsmmu(), device.streamId().orElseThrow(), SUBJECT);
        }
        device.enter(VmmDeviceState.RETURNED);
      }
      vmm.close();
    }
  }
}
