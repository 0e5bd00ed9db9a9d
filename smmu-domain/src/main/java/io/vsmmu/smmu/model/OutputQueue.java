package io.vsmmu.smmu.model;

import io.vsmmu.smmu.spec.QueuePointer;
import io.vsmmu.smmu.spec.TableFields;

/**
 * The producer's side of a queue that the SMMU writes: the Event queue or the PRI queue (IHI 0070,
 * 3.5.1).
 *
 * @param prod the PROD register
 * @param cons the CONS register
 * @param log2Size log2 of the entries in use
 */
record OutputQueue(long prod, long cons, int log2Size) {

  /** Entries that are free; none while the indexes are inconsistent, as a full queue has it. */
  private int free() {
    int used =
        QueuePointer.normalise((int) TableFields.WR.get(prod), log2Size)
            .distanceFrom(QueuePointer.normalise((int) TableFields.RD.get(cons), log2Size));
    return Math.max(0, (1 << log2Size) - used);
  }

  /** Whether an overflow is not acknowledged yet. */
  boolean overflowing() {
    return TableFields.OVFLG.isSet(prod) != TableFields.OVACKFLG.isSet(cons);
  }

  /**
   * PROD after {@code queued} entries were written.
   *
   * @param overflow others had no place: OVFLG toggles, once until the guest acknowledges
   */
  private long produced(int queued, boolean overflow) {
    long index =
        QueuePointer.normalise((int) TableFields.WR.get(prod), log2Size).advance(queued).value();
    long moved = TableFields.WR.set(prod, index);
    return overflow && !overflowing() ? moved ^ TableFields.OVFLG.mask() : moved;
  }

  /**
   * What becomes of records that are to be queued.
   *
   * @param kept how many of them, from the first, one stimulus may have
   * @param lost how many were lost, the rest of them included
   * @param queued how many, from the first, have a place
   * @param prod the PROD register from here on
   */
  record Offered(int kept, long lost, int queued, long prod) {}

  /**
   * Offers records to the queue.
   *
   * @param lost how many were lost before them
   * @param most of them in one stimulus
   * @param writable whether the queue takes any
   */
  Offered offer(int records, long lost, int most, boolean writable) {
    int kept = Math.min(records, most);
    long missing = plus(lost, records - kept);
    int queued = writable ? Math.min(free(), kept) : 0;
    long moved = writable ? produced(queued, kept > queued || missing > 0) : prod;
    return new Offered(kept, missing, queued, moved);
  }

  /** {@code lost}, and {@code more} on top; the largest number there is when it is too large. */
  private static long plus(long lost, int more) {
    return lost > Long.MAX_VALUE - more ? Long.MAX_VALUE : lost + more;
  }
}
