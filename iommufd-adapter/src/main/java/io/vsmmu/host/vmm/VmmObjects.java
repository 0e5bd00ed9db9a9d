package io.vsmmu.host.vmm;

import io.vsmmu.host.HostResult;
import io.vsmmu.host.InvalidationBatch;
import io.vsmmu.host.IommuContext;
import io.vsmmu.posix.Errno;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Finds out what kind of object each id of a shared iommufd names, by requests that change nothing.
 */
final class VmmObjects {

  /**
   * CMD_TLBI_NSNH_ALL: only a vIOMMU accepts it, and its only effect is that TLB entries are
   * fetched again.
   */
  private static final long TLBI_NSNH_ALL = 0x30;

  private final SharedIommufd shared;

  VmmObjects(SharedIommufd shared) {
    this.shared = shared;
  }

  private static IntStream ids() {
    return IntStream.rangeClosed(1, VmmOwnedLimits.IDS);
  }

  /**
   * Device objects in ascending order: the order in which the VMM bound them, unless ids were used
   * again.
   */
  List<Integer> devices() {
    return ids().filter(this::isDevice).boxed().toList();
  }

  boolean isDevice(int id) {
    return shared.hwInfo(id).isOk();
  }

  /** IOASes that a page table maps, because a device is attached to them. */
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
   * Whether the object is one of the VMM's: a device, an IOAS, or a page table over an IOAS that is
   * no nesting parent. A VMM that does not nest allocates no others. The request that tells them
   * apart is IOMMU_VIOMMU_ALLOC, which looks the page table up before it checks whether it is a
   * nesting parent (drivers/iommu/iommufd/viommu.c).
   */
  boolean isMadeByVmm(int id) {
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

  /** The refusal of a vIOMMU on the object; empty when one can be allocated. */
  private Optional<Errno> nests(int device, int id) {
    HostResult<Integer> made = shared.allocViommu(device, id, IommuContext.VIOMMU_TYPE_ARM_SMMUV3);
    if (made instanceof HostResult.Ok<Integer>(Integer viommu)) {
      shared.destroy(viommu);
    }
    return made.refusal();
  }
}
