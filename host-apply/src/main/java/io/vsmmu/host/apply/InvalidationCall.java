package io.vsmmu.host.apply;

import io.vsmmu.host.HostResult;
import io.vsmmu.host.HwInfo;
import io.vsmmu.host.InvalidationBatch;
import io.vsmmu.host.InvalidationReport;
import io.vsmmu.host.IommuContext;
import io.vsmmu.host.SmmuIds;

/**
 * Issues a vSMMU's invalidations. Some physical SMMUs need each TLBI and CFGI, with its CMD_SYNC,
 * twice because of an erratum, which the kernel leaves to user space (include/uapi/linux/iommufd.h,
 * IOMMU_HW_INFO_ARM_SMMUV3 flags).
 */
final class InvalidationCall {

  private final InvalidationCounters counters;
  private boolean twice;

  InvalidationCall(InvalidationCounters counters) {
    this.counters = counters;
  }

  /**
   * Reads from a bound device's hw-info whether its SMMU has the erratum; when that fails, the SMMU
   * is taken to have it.
   */
  void detectErrata(IommuContext context, int devId) {
    twice =
        switch (context.hwInfo(devId)) {
          case HostResult.Ok<HwInfo>(HwInfo info) ->
              (info.ids().flags() & SmmuIds.ERRATA_REPEAT_TLBI_CFGI) != 0;
          case HostResult.Refused<HwInfo> _ -> true;
        };
  }

  /** Number of commands of a failed batch that certainly reached the SMMU as often as necessary. */
  int certainlyIssued(InvalidationReport report) {
    return twice ? 0 : report.issued();
  }

  /** Issues the batch once or twice; returns the first failure. */
  InvalidationReport issue(IommuContext context, int viommu, InvalidationBatch batch) {
    InvalidationReport report = once(context, viommu, batch);
    return twice && report.isComplete() ? once(context, viommu, batch) : report;
  }

  private InvalidationReport once(IommuContext context, int viommu, InvalidationBatch batch) {
    counters.count(batch.size());
    return context.invalidate(viommu, batch);
  }
}
