package io.vsmmu.gateway;

import io.vsmmu.smmu.model.Limits;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.spec.QueuePointer;
import io.vsmmu.smmu.spec.TableFields;
import io.vsmmu.smmu.stimulus.Stimulus.ConsumeCommands;

/**
 * Makes sure that a slice of the command queue begins where the one before it ended. When a slice
 * fails, the entries of slices that were read after it would be taken for the missing ones; they
 * fail too, until the queue is read again from the fetch index.
 */
final class SliceGuard {

  /** Written under the session's lock, read by any thread. */
  private volatile int generation;

  /** Whether a slice failed and none was admitted since. */
  private boolean failed;

  /** The number of slices that failed so far. */
  int generation() {
    return generation;
  }

  /** Notes that a slice was not recorded, or not wholly. */
  void failed() {
    failed = true;
    generation++;
  }

  /**
   * Admits a slice.
   *
   * @param posted {@link #generation()} when it was posted
   * @throws IllegalStateException when it was read after a slice that failed
   */
  void admit(ConsumeCommands slice, int posted, VsmmuState state) {
    if (posted != generation || (failed && lacksEntries(slice, state))) {
      throw new IllegalStateException(
          "an earlier slice of the command queue failed: read the queue from the fetch index 0x%x"
              .formatted(state.commandQueue().fetched()));
    }
    failed = false;
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
