package io.vsmmu.debugger.find;

import io.vsmmu.debugger.expression.Expression.ReadValue;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The outcome of a search.
 *
 * @param from position of the first event that was searched; 0 if there was none
 * @param to position of the last one; 0 if there was none
 * @param events events of the vSMMU from there to there
 * @param occurrence whether each event at which the condition holds is a hit of its own
 * @param bisected whether the hits were found without reading every event
 * @param hits in the order of positions; one at most unless the mode is {@link FindMode#ALL}
 * @param found the number of all hits, more than {@code hits} if there are more than wanted
 * @param holding events at which the condition holds; in mode {@link FindMode#ALL} only, else 0
 * @param buckets counts by interval, if they were asked for
 * @param damage where the log cannot be read; the answer is about what lies in front of it. Null if
 *     all of it could be read
 */
public record FindAnswer(
    long from,
    long to,
    long events,
    boolean occurrence,
    boolean bisected,
    List<Hit> hits,
    long found,
    long holding,
    List<Bucket> buckets,
    @Nullable Damage damage) {

  public FindAnswer {
    hits = List.copyOf(hits);
    buckets = List.copyOf(buckets);
  }

  /**
   * An event at which the condition holds, or begins to hold.
   *
   * @param type of the event
   * @param values of the expression, before and after the event
   * @param run for how long it holds; null unless the mode is {@link FindMode#ALL}
   */
  public record Hit(
      long position,
      long sequence,
      Instant time,
      String type,
      List<ReadValue> values,
      @Nullable Run run) {

    public Hit {
      values = List.copyOf(values);
    }

    Hit with(Run longer) {
      return new Hit(position, sequence, time, type, values, longer);
    }
  }

  /**
   * How long a condition holds.
   *
   * @param to position of the last event at which it holds
   * @param toTime of that event
   * @param events at which it holds
   */
  public record Run(long to, Instant toTime, long events) {}

  /**
   * Counts in an interval of positions.
   *
   * @param from first position, inclusive
   * @param to last position, inclusive
   * @param found hits that begin in it
   * @param holding events in it at which the condition holds
   */
  public record Bucket(long from, long to, long found, long holding) {}

  /**
   * Where a log cannot be read.
   *
   * @param sequence of the first event of the vSMMU that is missing, is not the one that was
   *     appended, or cannot be decoded
   * @param position of that event; 0 if it is missing
   * @param problem what is wrong with it
   */
  public record Damage(long sequence, long position, String problem) {

    static Damage missing(long sequence) {
      return new Damage(sequence, 0, "the log does not contain the event with this sequence");
    }
  }
}
