package io.vsmmu.host.uapi;

import io.vsmmu.host.Errno;
import io.vsmmu.host.InvalidationBatch;
import io.vsmmu.host.InvalidationReport;
import io.vsmmu.host.uapi.HwptStructs.ArmSmmuv3Invalidate;
import io.vsmmu.host.uapi.HwptStructs.Invalidate;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.locks.ReentrantLock;

/**
 * {@code IOMMU_HWPT_INVALIDATE} with {@code IOMMU_VIOMMU_INVALIDATE_DATA_ARM_SMMUV3}, the request
 * that guests make all the time: its memory is kept. A second thread at the same time, and a batch
 * beyond {@link UapiLimits#KEPT_INVALIDATION_ENTRIES}, get memory of their own for one request.
 */
public final class InvalidationRequest {

  private final Channel channel;
  private final ReentrantLock inUse = new ReentrantLock();
  private final MemorySegment keptStruct = Invalidate.STRUCT.allocateSized(Arena.ofAuto());
  private final MemorySegment keptEntries =
      ArmSmmuv3Invalidate.STRUCT.allocate(Arena.ofAuto(), UapiLimits.KEPT_INVALIDATION_ENTRIES);

  InvalidationRequest(Channel channel) {
    this.channel = channel;
  }

  /**
   * Issues the batch. Errors: EIO, ENOENT, EINVAL, EOPNOTSUPP, ENOMEM; read {@link
   * InvalidationReport} about what an error means for the entries before it.
   *
   * @param id a vIOMMU's, or a nested HWPT's for drivers that take that
   */
  public InvalidationReport issue(int id, InvalidationBatch batch) {
    if (batch.size() <= UapiLimits.KEPT_INVALIDATION_ENTRIES && inUse.tryLock()) {
      try {
        return issue(id, batch, keptStruct, keptEntries);
      } finally {
        inUse.unlock();
      }
    }
    try (Arena arena = Arena.ofConfined()) {
      return issue(
          id,
          batch,
          Invalidate.STRUCT.allocateSized(arena),
          ArmSmmuv3Invalidate.STRUCT.allocate(arena, batch.size()));
    }
  }

  private InvalidationReport issue(
      int id, InvalidationBatch batch, MemorySegment struct, MemorySegment entries) {
    for (int i = 0; i < batch.size(); i++) {
      entries.setAtIndex(ValueLayout.JAVA_LONG, 2L * i, batch.word0(i));
      entries.setAtIndex(ValueLayout.JAVA_LONG, 2L * i + 1, batch.word1(i));
    }
    Invalidate.HWPT_ID.set(struct, id);
    Invalidate.DATA_UPTR.set(struct, entries.address());
    Invalidate.DATA_TYPE.set(struct, UapiConstants.IOMMU_VIOMMU_INVALIDATE_DATA_ARM_SMMUV3);
    Invalidate.ENTRY_LEN.set(struct, ArmSmmuv3Invalidate.STRUCT.size());
    Invalidate.ENTRY_NUM.set(struct, batch.size());
    int result = channel.calls().ioctl(channel.fd(), Ioctl.IOMMU_HWPT_INVALIDATE.request(), struct);
    return result < 0
        ? InvalidationReport.failed(Errno.of(-result), Invalidate.ENTRY_NUM.getInt(struct))
        : InvalidationReport.complete(batch.size());
  }
}
