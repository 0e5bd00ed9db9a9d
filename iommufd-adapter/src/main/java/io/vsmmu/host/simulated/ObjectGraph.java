package io.vsmmu.host.simulated;

import io.vsmmu.host.HostResult;
import io.vsmmu.host.HostResult.Done;
import io.vsmmu.host.InvalidationBatch;
import io.vsmmu.host.InvalidationReport;
import io.vsmmu.host.IommuContext;
import io.vsmmu.host.simulated.FaultInjector.EntryFault;
import io.vsmmu.posix.Errno;
import java.util.Optional;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The objects of one iommufd and their lifetimes: drivers/iommu/iommufd/hw_pagetable.c, viommu.c,
 * eventq.c and main.c. Each method is one ioctl, with the checks in the kernel's order.
 */
final class ObjectGraph {

  private final Supplier<Topology> topology;
  private final ObjectTable table;
  private final IntSupplier vmids;

  ObjectGraph(Supplier<Topology> topology, ObjectTable table, IntSupplier vmids) {
    this.topology = topology;
    this.table = table;
    this.vmids = vmids;
  }

  HostResult<Integer> allocNestingParent(int devId, int ioasId) {
    return device(devId)
        .then(
            device ->
                table
                    .get(ioasId, KernelObject.Ioas.class, Errno.EINVAL)
                    .then(ioas -> nestingParent(device, ioas)));
  }

  private HostResult<Integer> nestingParent(KernelObject.Device device, KernelObject.Ioas ioas) {
    Topology.Smmu smmu = smmu(device);
    if (!smmu.nesting()) {
      return HostResult.refused(Errno.EOPNOTSUPP);
    }
    if (!ioas.space.fitsPages()) {
      return HostResult.refused(Errno.EADDRINUSE);
    }
    int vmid = vmids.getAsInt();
    KernelObject.PagingHwpt hwpt =
        table.add(id -> new KernelObject.PagingHwpt(id, smmu.name(), ioas, true, false, vmid));
    ioas.users++;
    return HostResult.ok(hwpt.id);
  }

  HostResult<Integer> hardwareQueues(int devId) {
    return device(devId)
        .then(
            device ->
                smmu(device).hardwareQueues() == 0
                    ? HostResult.refused(Errno.EOPNOTSUPP)
                    : HostResult.ok(smmu(device).hardwareQueues()));
  }

  HostResult<Integer> allocViommu(int devId, int hwptId, int type) {
    return device(devId)
        .then(
            device -> {
              Topology.Smmu smmu = smmu(device);
              if (!smmu.nesting() || !smmu.coherent() || !has(smmu, type)) {
                return HostResult.refused(Errno.EOPNOTSUPP);
              }
              return table
                  .get(hwptId, KernelObject.PagingHwpt.class)
                  .then(parent -> viommu(smmu, parent, type));
            });
  }

  private static boolean has(Topology.Smmu smmu, int type) {
    return switch (type) {
      case IommuContext.VIOMMU_TYPE_ARM_SMMUV3 -> true;
      case IommuContext.VIOMMU_TYPE_TEGRA241_CMDQV -> smmu.hardwareQueues() > 0;
      default -> false;
    };
  }

  private HostResult<Integer> viommu(Topology.Smmu smmu, KernelObject.PagingHwpt parent, int type) {
    if (!parent.nestParent || !parent.smmu.equals(smmu.name())) {
      return HostResult.refused(Errno.EINVAL);
    }
    KernelObject.Viommu viommu = table.add(id -> new KernelObject.Viommu(id, smmu, parent, type));
    parent.users++;
    return HostResult.ok(viommu.id);
  }

  /**
   * Allocates a hardware queue (drivers/iommu/arm/arm-smmu-v3/tegra241-cmdqv.c). The memory at the
   * address is not checked, because a host on which a log is replayed has no guest memory.
   */
  HostResult<Integer> allocHwQueue(int viommuId, int index, long iova, long length) {
    if (length == 0) {
      return HostResult.refused(Errno.EINVAL);
    }
    return table
        .get(viommuId, KernelObject.Viommu.class)
        .then(viommu -> hwQueue(viommu, index, iova, length));
  }

  private HostResult<Integer> hwQueue(
      KernelObject.Viommu viommu, int index, long iova, long length) {
    Optional<Errno> refusal = HwQueueRules.refusal(viommu, index, iova, length);
    if (refusal.isPresent()) {
      return HostResult.refused(refusal.get());
    }
    KernelObject.HwQueue queue = table.add(id -> new KernelObject.HwQueue(id, viommu, index));
    KernelObject.HwQueue before = viommu.hwQueues.get(index - 1);
    if (before != null) {
      before.users++;
    }
    viommu.hwQueues.put(index, queue);
    viommu.users++;
    return HostResult.ok(queue.id);
  }

  HostResult<Integer> allocVdevice(int viommuId, int devId, long virtId) {
    return table
        .get(viommuId, KernelObject.Viommu.class)
        .then(viommu -> device(devId).then(device -> vdevice(viommu, device, virtId)));
  }

  private HostResult<Integer> vdevice(
      KernelObject.Viommu viommu, KernelObject.Device device, long virtId) {
    if (!viommu.smmu.name().equals(device.config.smmu())) {
      return HostResult.refused(Errno.EINVAL);
    }
    if (device.vdevice != null || viommu.vdevices.containsKey(virtId)) {
      return HostResult.refused(Errno.EEXIST);
    }
    if (device.config.streamIds().size() != 1) {
      return HostResult.refused(Errno.EOPNOTSUPP);
    }
    KernelObject.Vdevice vdevice =
        table.add(id -> new KernelObject.Vdevice(id, viommu, device, virtId));
    viommu.vdevices.put(virtId, vdevice);
    viommu.users++;
    device.vdevice = vdevice;
    return HostResult.ok(vdevice.id);
  }

  HostResult<Integer> allocNestedHwpt(int devId, int viommuId, int flags, long ste0, long ste1) {
    return device(devId)
        .then(device -> table.get(viommuId, KernelObject.Viommu.class, Errno.EINVAL))
        .then(
            viommu ->
                flags != 0
                    ? HostResult.refused(Errno.EOPNOTSUPP)
                    : NestedSte.accept(ste0, ste1).then(ste -> nestedHwpt(viommu, ste)));
  }

  private HostResult<Integer> nestedHwpt(KernelObject.Viommu viommu, NestedSte ste) {
    KernelObject.NestedHwpt hwpt = table.add(id -> new KernelObject.NestedHwpt(id, viommu, ste));
    viommu.users++;
    return HostResult.ok(hwpt.id);
  }

  HostResult<Integer> allocVeventq(int viommuId, int type, int depth) {
    if (!topology.get().kernel().veventq() || type == 0) {
      return HostResult.refused(
          topology.get().kernel().veventq() ? Errno.EOPNOTSUPP : Errno.ENOTTY);
    }
    if (depth == 0) {
      return HostResult.refused(Errno.EINVAL);
    }
    return table
        .get(viommuId, KernelObject.Viommu.class)
        .then(viommu -> veventq(viommu, type, depth));
  }

  private HostResult<Integer> veventq(KernelObject.Viommu viommu, int type, int depth) {
    if (viommu.veventqs.containsKey(type)) {
      return HostResult.refused(Errno.EEXIST);
    }
    KernelObject.Veventq veventq =
        table.add(id -> new KernelObject.Veventq(id, viommu, type, depth));
    viommu.veventqs.put(type, veventq);
    viommu.users++;
    return HostResult.ok(veventq.id);
  }

  InvalidationReport invalidate(int id, InvalidationBatch batch, @Nullable EntryFault fault) {
    return switch (table.find(id)) {
      case null -> InvalidationReport.failed(Errno.ENOENT, 0);
      case KernelObject.Viommu viommu ->
          new InvalidationEngine(viommu, topology.get().kernel().invalidation()).run(batch, fault);
      case KernelObject.NestedHwpt nested -> InvalidationReport.failed(Errno.EOPNOTSUPP, 0);
      default -> InvalidationReport.failed(Errno.EINVAL, 0);
    };
  }

  HostResult<Done> destroy(int id) {
    KernelObject object = table.find(id);
    if (object == null) {
      return HostResult.refused(Errno.ENOENT);
    }
    if (object.users > 0) {
      return HostResult.refused(Errno.EBUSY);
    }
    unlink(object);
    table.remove(object);
    return HostResult.done();
  }

  /**
   * Destroys the vDEVICE of a device that is unbound. Its id stays reserved
   * (drivers/iommu/iommufd/device.c, iommufd_device_pre_destroy).
   */
  void entomb(KernelObject.Vdevice vdevice) {
    unlink(vdevice);
    table.entomb(vdevice);
  }

  private static void unlink(KernelObject object) {
    switch (object) {
      case KernelObject.PagingHwpt hwpt -> hwpt.ioas.users--;
      case KernelObject.NestedHwpt hwpt -> hwpt.viommu.users--;
      case KernelObject.Viommu viommu -> viommu.parent.users--;
      case KernelObject.HwQueue queue -> {
        queue.viommu.hwQueues.remove(queue.index);
        queue.viommu.users--;
        KernelObject.HwQueue before = queue.viommu.hwQueues.get(queue.index - 1);
        if (before != null) {
          before.users--;
        }
      }
      case KernelObject.Vdevice vdevice -> {
        vdevice.viommu.vdevices.remove(vdevice.virtId);
        vdevice.viommu.users--;
        vdevice.device.vdevice = null;
      }
      case KernelObject.Veventq veventq -> {
        veventq.viommu.veventqs.remove(veventq.type);
        veventq.viommu.users--;
      }
      case KernelObject.Ioas ioas -> {}
      case KernelObject.Device device -> {}
    }
  }

  private HostResult<KernelObject.Device> device(int devId) {
    return table.get(devId, KernelObject.Device.class);
  }

  private Topology.Smmu smmu(KernelObject.Device device) {
    return topology.get().smmus().stream()
        .filter(smmu -> smmu.name().equals(device.config.smmu()))
        .findFirst()
        .orElseThrow();
  }
}
