package io.vsmmu.host.uapi;

import io.vsmmu.host.InvalidationBatch;
import io.vsmmu.host.InvalidationReport;
import io.vsmmu.host.uapi.HwptStructs.ArmSmmuv3Invalidate;
import io.vsmmu.host.uapi.HwptStructs.Invalidate;
import io.vsmmu.posix.Errno;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * {@code IOMMU_HWPT_INVALIDATE} with {@code IOMMU_VIOMMU_INVALIDATE_DATA_ARM_SMMUV3}, the request
 * that guests cause most often, so its memory is kept. A second thread at the same time, and a
 * batch of more than {@link UapiLimits#KEPT_INVALIDATION_ENTRIES} entries, use memory that is
 * allocated for the one request. Thread-safe.
 */
public final class InvalidationRequest {

  private final KernelFile file;
  private final ReentrantLock inUse = new ReentrantLock();
  private @Nullable Memory kept;

  InvalidationRequest(KernelFile file) {
    this.file = file;
  }

  /**
   * Memory for a request and its entries. The fields that are equal in every request are set once,
   * because the kernel writes no field but {@code entry_num}.
   */
  private record Memory(MemorySegment struct, LongBuffer entries) {

    static Memory of(Arena arena, int entries) {
      MemorySegment struct = Invalidate.STRUCT.allocateSized(arena);
      MemorySegment array = ArmSmmuv3Invalidate.STRUCT.allocate(arena, entries);
      Invalidate.DATA_UPTR.set(struct, array.address());
      Invalidate.DATA_TYPE.set(struct, UapiConstants.IOMMU_VIOMMU_INVALIDATE_DATA_ARM_SMMUV3);
      Invalidate.ENTRY_LEN.set(struct, ArmSmmuv3Invalidate.STRUCT.size());
      return new Memory(struct, array.asByteBuffer().order(ByteOrder.nativeOrder()).asLongBuffer());
    }
  }

  /**
   * Issues the batch. Errors: EIO, ENOENT, EINVAL, EOPNOTSUPP, ENOMEM; read {@link
   * InvalidationReport} about what an error means for the entries before it.
   *
   * @param id id of a vIOMMU, or of a nested HWPT for drivers that accept one
   */
  public InvalidationReport issue(int id, InvalidationBatch batch) {
    if (batch.size() <= UapiLimits.KEPT_INVALIDATION_ENTRIES && inUse.tryLock()) {
      try {
        return issue(id, batch, kept());
      } finally {
        inUse.unlock();
      }
    }
    try (Arena arena = Arena.ofConfined()) {
      return issue(id, batch, Memory.of(arena, batch.size()));
    }
  }

  /** Allocated with the first batch, because many iommufds are opened for a single request only. */
  private Memory kept() {
    Memory memory = kept;
    if (memory == null) {
      memory = Memory.of(Arena.ofAuto(), UapiLimits.KEPT_INVALIDATION_ENTRIES);
      kept = memory;
    }
    return memory;
  }

  private InvalidationReport issue(int id, InvalidationBatch batch, Memory memory) {
    MemorySegment struct = memory.struct();
    batch.copyTo(memory.entries());
    Invalidate.HWPT_ID.set(struct, id);
    Invalidate.ENTRY_NUM.set(struct, batch.size());
    int result = file.calls().ioctl(file.fd(), Ioctl.IOMMU_HWPT_INVALIDATE.request(), struct);
    // The kernel reads the entries by their address, so nothing else keeps the memory reachable
    // during the call.
    Reference.reachabilityFence(memory);
    return result < 0
        ? InvalidationReport.failed(Errno.of(-result), Invalidate.ENTRY_NUM.getInt(struct))
        : InvalidationReport.complete(batch.size());
  }
}
