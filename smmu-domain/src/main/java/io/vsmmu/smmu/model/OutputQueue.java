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
  int free() {
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
  long produced(int queued, boolean overflow) {
    long index =
        QueuePointer.normalise((int) TableFields.WR.get(prod), log2Size).advance(queued).value();
    long moved = TableFields.WR.set(prod, index);
    return overflow && !overflowing() ? moved ^ TableFields.OVFLG.mask() : moved;
  }

  /** {@code lost}, and {@code more} on top; the largest number there is when it is too large. */
  static long plus(long lost, int more) {
    return lost > Long.MAX_VALUE - more ? Long.MAX_VALUE : lost + more;
  }
}
