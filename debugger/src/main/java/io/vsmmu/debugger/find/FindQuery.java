package io.vsmmu.debugger.find;

import io.vsmmu.debugger.expression.Expression;
import io.vsmmu.projections.travel.LogPoint;
import org.jspecify.annotations.Nullable;

/**
 * A search of one vSMMU's log.
 *
 * @param vsmmu number of the vSMMU
 * @param from first event; null for the first of the log
 * @param to last event; null for the newest when the search begins
 * @param hits most hits of the answer, 0 to {@link FindLimits#HITS}, in mode {@link FindMode#ALL}
 * @param newest whether the newest hits are wanted if there are more, in mode {@link FindMode#ALL}
 * @param buckets intervals of equal length between from and to in which hits are counted, 0 to
 *     {@link FindLimits#BUCKETS}, in mode {@link FindMode#ALL}
 */
public record FindQuery(
    int vsmmu,
    Expression expression,
    FindMode mode,
    @Nullable LogPoint from,
    @Nullable LogPoint to,
    int hits,
    boolean newest,
    int buckets) {

  /** A search of the whole log with the default number of hits. */
  public static FindQuery of(int vsmmu, Expression expression, FindMode mode) {
    return new FindQuery(vsmmu, expression, mode, null, null, FindLimits.DEFAULT_HITS, false, 0);
  }
}
