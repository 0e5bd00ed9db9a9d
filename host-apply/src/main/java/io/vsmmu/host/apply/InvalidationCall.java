package io.vsmmu.host.apply;

import io.vsmmu.host.HostResult;
import io.vsmmu.host.HwInfo;
import io.vsmmu.host.InvalidationBatch;
import io.vsmmu.host.InvalidationReport;
import io.vsmmu.host.IommuContext;
import io.vsmmu.host.SmmuIds;

/**
 * How a vSMMU's invalidations reach its physical SMMU. Some need each TLBI and CFGI, with its
 * CMD_SYNC, twice; the kernel leaves that to user space (include/uapi/linux/iommufd.h,
 * IOMMU_HW_INFO_ARM_SMMUV3 flags).
 */
final class InvalidationCall {

  private final HostCounters counters;
  private boolean twice;

  InvalidationCall(HostCounters counters) {
    this.counters = counters;
  }

  /** Asks which SMMU it is; one that does not tell is treated as one that needs it. */
  void learn(IommuContext context, int devId) {
    twice =
        switch (context.hwInfo(devId)) {
          case HostResult.Ok<HwInfo>(HwInfo info) ->
              (info.ids().flags() & SmmuIds.ERRATA_REPEAT_TLBI_CFGI) != 0;
          case HostResult.Refused<HwInfo> _ -> true;
        };
  }

  /** How many commands of a batch that failed have reached the SMMU as often as they have to. */
  int done(InvalidationReport report) {
    return twice ? 0 : report.issued();
  }

  /** Issues the batch; what is reported is the first failure. */
  InvalidationReport issue(IommuContext context, int viommu, InvalidationBatch batch) {
    InvalidationReport report = once(context, viommu, batch);
    return twice && report.isComplete() ? once(context, viommu, batch) : report;
  }

  private InvalidationReport once(IommuContext context, int viommu, InvalidationBatch batch) {
    counters.invalidated(batch.size());
    return context.invalidate(viommu, batch);
  }
}
