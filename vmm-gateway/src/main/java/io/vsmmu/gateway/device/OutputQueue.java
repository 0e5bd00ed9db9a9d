package io.vsmmu.gateway.device;

import io.vsmmu.smmu.spec.QueuePointer;
import io.vsmmu.smmu.spec.TableFields;
import io.vsmmu.vfiouser.memory.GuestMemory;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * Writes records into a queue of the guest that the SMMU produces: event queue or PRI queue (IHI
 * 0070, 3.5 and 7.2). The model has decided how many records fit.
 */
final class OutputQueue {

  private final GuestMemory memory;

  OutputQueue(GuestMemory memory) {
    this.memory = memory;
  }

  /**
   * Writes records, beginning at PROD.
   *
   * @param base EVENTQ_BASE or PRIQ_BASE
   * @param prod EVENTQ_PROD or PRIQ_PROD before these records
   * @param log2Size log2 of the queue's entries in use
   * @return false when a record could not be written, as when guest memory aborts the access
   */
  boolean write(long base, long prod, int log2Size, List<byte[]> records) {
    QueuePointer next = QueuePointer.normalise((int) TableFields.WR.get(prod), log2Size);
    boolean written = true;
    for (byte[] record : records) {
      long bytes = (long) record.length << log2Size;
      long queue = TableFields.QUEUE_ADDR.inPlace(base) & -bytes;
      long slot = queue + (long) next.index() * record.length;
      written &= memory.write(slot, MemorySegment.ofArray(record));
      next = next.advance(1);
    }
    return written;
  }
}
