package io.vsmmu.debugger.expression;

import io.vsmmu.projections.travel.LogEvent;
import io.vsmmu.smmu.model.VsmmuState;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * What an expression is evaluated on: one event of a vSMMU, with the states before and after it.
 *
 * @param before the state before the event
 * @param state the state after it
 * @param event null where only a state is known
 * @param positions gives the position of a sequence of the vSMMU, null if it is unknown
 * @param check is run for each item of a list that is looked at, so that an evaluation which takes
 *     long can be ended by what it throws
 */
public record Moment(
    VsmmuState before,
    VsmmuState state,
    @Nullable LogEvent event,
    LongFunction<@Nullable Long> positions,
    Runnable check) {

  /** A moment whose evaluation is always carried through. */
  public Moment(
      VsmmuState before,
      VsmmuState state,
      @Nullable LogEvent event,
      LongFunction<@Nullable Long> positions) {
    this(before, state, event, positions, () -> {});
  }

  /** A state alone: nothing has changed in it, and sequences stand for the unknown positions. */
  static Moment of(VsmmuState state) {
    return new Moment(state, state, null, sequence -> sequence);
  }

  /** The same moment with a further check. */
  Moment checked(Runnable further) {
    return new Moment(
        before,
        state,
        event,
        positions,
        () -> {
          check.run();
          further.run();
        });
  }

  /** The moment before, of which only the state is known. */
  Moment previous() {
    return new Moment(before, before, null, positions, check);
  }
}
