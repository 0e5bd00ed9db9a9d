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
 * that guests make all the time: its memory is kept. A second thread at the same time, and a batch
 * beyond {@link UapiLimits#KEPT_INVALIDATION_ENTRIES}, get memory of their own for one request.
 */
public final class InvalidationRequest {

  private final Channel channel;
  private final ReentrantLock inUse = new ReentrantLock();
  private @Nullable Memory kept;

  InvalidationRequest(Channel channel) {
    this.channel = channel;
  }

  /**
   * Room for a request and its entries. What is the same in every request is there from the
   * beginning: the kernel writes nothing but {@code entry_num}.
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
   * @param id a vIOMMU's, or a nested HWPT's for drivers that take that
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

  /** Made with the first batch: many an iommufd is opened only to ask something. */
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
    int result = channel.calls().ioctl(channel.fd(), Ioctl.IOMMU_HWPT_INVALIDATE.request(), struct);
    // The kernel reads the entries by their address: nothing else keeps them during the call.
    Reference.reachabilityFence(memory);
    return result < 0
        ? InvalidationReport.failed(Errno.of(-result), Invalidate.ENTRY_NUM.getInt(struct))
        : InvalidationReport.complete(batch.size());
  }
}
