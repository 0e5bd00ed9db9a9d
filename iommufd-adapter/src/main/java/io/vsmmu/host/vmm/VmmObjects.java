package io.vsmmu.host.vmm;

import io.vsmmu.host.HostResult;
import io.vsmmu.host.InvalidationBatch;
import io.vsmmu.host.IommuContext;
import io.vsmmu.posix.Errno;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Finds out what the ids of a shared iommufd name, by requests that change nothing. */
final class VmmObjects {

  /** CMD_TLBI_NSNH_ALL: costs a refill, and is taken by a vIOMMU only. */
  private static final long TLBI_NSNH_ALL = 0x30;

  private final SharedIommufd shared;

  VmmObjects(SharedIommufd shared) {
    this.shared = shared;
  }

  private static IntStream ids() {
    return IntStream.rangeClosed(1, VmmLimits.IDS);
  }

  /** Device objects, in the order in which the VMM bound them unless ids came back. */
  List<Integer> devices() {
    return ids().filter(this::isDevice).boxed().toList();
  }

  boolean isDevice(int id) {
    return shared.hwInfo(id).isOk();
  }

  /** IOASes that a device's page table maps. */
  List<Integer> ioasesInUse() {
    return ids().filter(id -> shared.isIoasInUse(id).equals(HostResult.ok(true))).boxed().toList();
  }

  boolean isIoas(int id) {
    return shared.isIoasInUse(id).isOk();
  }

  boolean isViommu(int id) {
    return shared.invalidate(id, InvalidationBatch.of(TLBI_NSNH_ALL, 0)).isComplete();
  }

  Optional<Integer> firstViommu() {
    return ids().filter(this::isViommu).boxed().findFirst();
  }

  /**
   * Whether the VMM made the object: a device, an IOAS, or a page table over an IOAS that is no
   * stage 2 of a vSMMU. A VMM that does not nest has no others (drivers/iommu/iommufd/viommu.c:
   * IOMMU_VIOMMU_ALLOC looks for the page table first, then whether it may be nested on).
   */
  boolean isVmms(int id) {
    return isDevice(id) || isIoas(id) || isPlainPageTable(id);
  }

  boolean isNestingParent(int id) {
    return devices().stream().anyMatch(device -> nests(device, id).isEmpty());
  }

  private boolean isPlainPageTable(int id) {
    return !isNestingParent(id)
        && devices().stream()
            .anyMatch(device -> nests(device, id).equals(Optional.of(Errno.EINVAL)));
  }

  /** Why no vIOMMU can stand on the object; empty when one can. */
  private Optional<Errno> nests(int device, int id) {
    HostResult<Integer> made = shared.allocViommu(device, id, IommuContext.VIOMMU_TYPE_ARM_SMMUV3);
    if (made instanceof HostResult.Ok<Integer>(Integer viommu)) {
      shared.destroy(viommu);
    }
    return made.refusal();
  }
}
