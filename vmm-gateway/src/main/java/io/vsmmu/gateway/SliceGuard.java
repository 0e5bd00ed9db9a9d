package io.vsmmu.gateway;

import io.vsmmu.smmu.model.Limits;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.spec.QueuePointer;
import io.vsmmu.smmu.spec.TableFields;
import io.vsmmu.smmu.stimulus.Stimulus.ConsumeCommands;

/**
 * A slice of the command queue begins where the one before it ended. When one is lost, those that
 * were read behind it would be taken for the lost entries: they fail until the queue is read again
 * from the fetch index.
 */
final class SliceGuard {

  private volatile int generation;
  private boolean suspicious;

  /** Counts the slices that failed. */
  int generation() {
    return generation;
  }

  /** A slice did not come into the log, or not wholly. */
  void failed() {
    suspicious = true;
    generation++;
  }

  /**
   * Lets a slice pass.
   *
   * @param posted generation when it was posted
   * @throws IllegalStateException when it was read behind a slice that failed
   */
  void admit(ConsumeCommands slice, int posted, VsmmuState state) {
    if (posted != generation || (suspicious && lacksEntries(slice, state))) {
      throw new IllegalStateException(
          "an earlier slice of the command queue failed: read the queue from the fetch index 0x%x"
              .formatted(state.commandQueue().fetched()));
    }
    suspicious = false;
  }

  private static boolean lacksEntries(ConsumeCommands slice, VsmmuState state) {
    int log2Size = state.commandQueueLog2Size();
    int pending =
        QueuePointer.normalise((int) TableFields.WR.get(slice.prod()), log2Size)
            .distanceFrom(QueuePointer.normalise((int) state.commandQueue().fetched(), log2Size));
    boolean cutShort = slice.fetchFault() || slice.entries().size() >= Limits.SLICE_ENTRIES;
    return !cutShort && slice.entries().size() < pending;
  }
}
