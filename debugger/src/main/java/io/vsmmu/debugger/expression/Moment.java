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
 */
public record Moment(
    VsmmuState before,
    VsmmuState state,
    @Nullable LogEvent event,
    LongFunction<@Nullable Long> positions) {

  /** A state alone: nothing has changed in it, and the positions are unknown. */
  static Moment of(VsmmuState state) {
    return new Moment(state, state, null, _ -> null);
  }

  /** The moment before, of which only the state is known. */
  Moment previous() {
    return new Moment(before, before, null, positions);
  }
}
