package io.vsmmu.host.simulated;

import io.vsmmu.host.HostResult;
import io.vsmmu.posix.Errno;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Attaches, replaces and detaches HWPTs by the rules of iommu groups
 * (drivers/iommu/iommufd/device.c) and with the refusals of the driver
 * (drivers/iommu/arm/arm-smmu-v3).
 */
final class Attachments {

  private final ObjectTable table;
  private final Supplier<Topology> topology;

  Attachments(ObjectTable table, Supplier<Topology> topology) {
    this.table = table;
    this.topology = topology;
  }

  HostResult<Integer> attach(KernelObject.Device device, int ptId) {
    KernelObject target = table.find(ptId);
    return switch (target) {
      case null -> HostResult.refused(Errno.ENOENT);
      case KernelObject.Hwpt hwpt ->
          result(hwpt, device.attached ? replace(device, hwpt) : join(device, hwpt));
      case KernelObject.Ioas ioas -> automatic(device, ioas);
      default -> HostResult.refused(Errno.EINVAL);
    };
  }

  void detach(KernelObject.Device device) {
    if (!device.attached) {
      return;
    }
    KernelObject.Group group = device.group;
    KernelObject.Hwpt hwpt = group.hwpt;
    group.attached.remove(device);
    device.attached = false;
    if (group.attached.isEmpty()) {
      group.hwpt = null;
      groupMembers(device).forEach(member -> member.vmaster = null);
    }
    if (hwpt != null) {
      release(hwpt, 1);
    }
  }

  private static HostResult<Integer> result(KernelObject.Hwpt hwpt, Optional<Errno> refusal) {
    return refusal.<HostResult<Integer>>map(HostResult::refused).orElse(HostResult.ok(hwpt.id));
  }

  private Optional<Errno> join(KernelObject.Device device, KernelObject.Hwpt hwpt) {
    KernelObject.Group group = device.group;
    if (group.hwpt != null && group.hwpt != hwpt) {
      return Optional.of(Errno.EINVAL);
    }
    if (group.attached.isEmpty()) {
      Optional<Errno> refusal = install(device, hwpt);
      if (refusal.isPresent()) {
        return refusal;
      }
      group.hwpt = hwpt;
    }
    group.attached.add(device);
    device.attached = true;
    hwpt.users++;
    return Optional.empty();
  }

  private Optional<Errno> replace(KernelObject.Device device, KernelObject.Hwpt hwpt) {
    KernelObject.Group group = device.group;
    KernelObject.Hwpt old = group.hwpt;
    if (old == null || old == hwpt) {
      return Optional.empty();
    }
    Optional<Errno> refusal = install(device, hwpt);
    if (refusal.isEmpty()) {
      group.hwpt = hwpt;
      hwpt.users += group.attached.size();
      release(old, group.attached.size());
    }
    return refusal;
  }

  /** The kernel attaches the domain to every device of the group, attached by user space or not. */
  private Optional<Errno> install(KernelObject.Device device, KernelObject.Hwpt hwpt) {
    for (Topology.Device member : configuredMembers(device)) {
      Optional<Errno> refusal = driverRefusal(member, hwpt);
      if (refusal.isPresent()) {
        return refusal;
      }
    }
    for (KernelObject.Device member : groupMembers(device)) {
      member.vmaster = vmaster(member, hwpt);
    }
    return Optional.empty();
  }

  private Optional<Errno> driverRefusal(Topology.Device member, KernelObject.Hwpt hwpt) {
    if (!member.smmu().equals(hwpt.smmu)) {
      return Optional.of(Errno.EINVAL);
    }
    if (member.ssidsInUse() && needsStage2(hwpt)) {
      return Optional.of(Errno.EBUSY);
    }
    return hwpt instanceof KernelObject.NestedHwpt nested && lacksVdevice(member, nested)
        ? Optional.of(Errno.ENOENT)
        : Optional.empty();
  }

  /**
   * Whether the HWPT needs stage 2, which would replace the CD table of the SubstreamIDs in use
   * (arm-smmu-v3.c, arm_smmu_ssids_in_use).
   */
  private static boolean needsStage2(KernelObject.Hwpt hwpt) {
    return switch (hwpt) {
      case KernelObject.NestedHwpt nested -> true;
      case KernelObject.PagingHwpt paging -> paging.nestParent;
    };
  }

  private boolean lacksVdevice(Topology.Device member, KernelObject.NestedHwpt nested) {
    boolean needed = nested.ste.translates() || !topology.get().kernel().gbpaAttachWithoutVdevice();
    return needed
        && nested.viommu.vdevices.values().stream()
            .noneMatch(vdevice -> vdevice.device.config.equals(member));
  }

  private static KernelObject.@Nullable Vmaster vmaster(
      KernelObject.Device member, KernelObject.Hwpt hwpt) {
    KernelObject.Vdevice vdevice = member.vdevice;
    return hwpt instanceof KernelObject.NestedHwpt nested
            && vdevice != null
            && vdevice.viommu == nested.viommu
        ? new KernelObject.Vmaster(nested.viommu, vdevice.virtId)
        : null;
  }

  private HostResult<Integer> automatic(KernelObject.Device device, KernelObject.Ioas ioas) {
    for (KernelObject.PagingHwpt hwpt : new ArrayList<>(table.all(KernelObject.PagingHwpt.class))) {
      if (hwpt.automatic && hwpt.ioas == ioas) {
        HostResult<Integer> attached = attach(device, hwpt.id);
        if (attached.refusal().filter(errno -> errno != Errno.EINVAL).isPresent()
            || attached.isOk()) {
          return attached;
        }
      }
    }
    if (!ioas.space.fitsPages()) {
      return HostResult.refused(Errno.EADDRINUSE);
    }
    KernelObject.PagingHwpt created =
        table.add(
            id -> new KernelObject.PagingHwpt(id, device.config.smmu(), ioas, false, true, 0));
    ioas.users++;
    HostResult<Integer> attached = attach(device, created.id);
    if (!attached.isOk()) {
      table.remove(created);
      ioas.users--;
    }
    return attached;
  }

  private void release(KernelObject.Hwpt hwpt, int users) {
    hwpt.users -= users;
    if (hwpt instanceof KernelObject.PagingHwpt paging && paging.automatic && paging.users == 0) {
      table.remove(paging);
      paging.ioas.users--;
    }
  }

  private List<KernelObject.Device> groupMembers(KernelObject.Device device) {
    return table.all(KernelObject.Device.class).stream()
        .filter(member -> member.group == device.group)
        .toList();
  }

  private List<Topology.Device> configuredMembers(KernelObject.Device device) {
    return topology.get().devices().stream()
        .filter(member -> member.group() == device.config.group())
        .toList();
  }
}
