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
record QueueProducer(long prod, long cons, int log2Size) {

  /** The number of free entries; 0 while the indexes are inconsistent. */
  private int free() {
    int used =
        QueuePointer.normalise((int) TableFields.WR.get(prod), log2Size)
            .distanceFrom(QueuePointer.normalise((int) TableFields.RD.get(cons), log2Size));
    return Math.max(0, (1 << log2Size) - used);
  }

  /** Whether the guest has not acknowledged an overflow. */
  boolean overflowing() {
    return TableFields.OVFLG.isSet(prod) != TableFields.OVACKFLG.isSet(cons);
  }

  /**
   * PROD after {@code queued} entries were written.
   *
   * @param overflow whether others were lost: OVFLG toggles, once until the guest acknowledges
   */
  private long produced(int queued, boolean overflow) {
    long index =
        QueuePointer.normalise((int) TableFields.WR.get(prod), log2Size).advance(queued).value();
    long moved = TableFields.WR.set(prod, index);
    return overflow && !overflowing() ? moved ^ TableFields.OVFLG.mask() : moved;
  }

  /**
   * How many records of a stimulus are recorded and queued.
   *
   * @param kept the number, from the first, that the event keeps
   * @param lost the number lost, including those that the event does not keep
   * @param queued the number, from the first, that is written to the queue
   * @param prod the PROD register from here on
   */
  record Offered(int kept, long lost, int queued, long prod) {}

  /**
   * Offers records to the queue.
   *
   * @param records their number
   * @param lost the number of records lost before them
   * @param most the most that an event keeps
   * @param writable whether the queue takes any
   */
  Offered offer(int records, long lost, int most, boolean writable) {
    int kept = Math.min(records, most);
    long missing = plus(lost, records - kept);
    int queued = writable ? Math.min(free(), kept) : 0;
    long moved = writable ? produced(queued, kept > queued || missing > 0) : prod;
    return new Offered(kept, missing, queued, moved);
  }

  /** The sum, or the largest {@code long}. */
  private static long plus(long lost, int more) {
    return lost > Long.MAX_VALUE - more ? Long.MAX_VALUE : lost + more;
  }
}
