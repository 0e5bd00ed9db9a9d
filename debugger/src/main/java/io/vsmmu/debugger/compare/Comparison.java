package io.vsmmu.debugger.compare;

import java.util.List;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * What two logs differ in.
 *
 * @param normalised whether addresses were ignored and ids compared by their counterparts
 * @param same number of accesses that both have, with the same values and outcomes
 * @param different number of accesses that both have, with different values or outcomes
 * @param first where the two differ first; null if they do not
 * @param onlyInA accesses that A has and B has not, by kind, the most frequent first
 * @param onlyInB accesses that B has and A has not
 * @param values different values of accesses that both have
 * @param reads different values of registers that the guest read, as far as both logs contain them
 * @param streams different configurations of streams
 * @param hostAnswers different outcomes of operations on the host
 * @param durations the accesses whose time from doorbell to completion differs most
 * @param unlisted number of differences of further kinds, which are not listed
 */
public record Comparison(
    Verdict verdict,
    boolean normalised,
    ComparedLog a,
    ComparedLog b,
    long same,
    long different,
    @Nullable FirstDivergence first,
    List<OnlyOnOneSide> onlyInA,
    List<OnlyOnOneSide> onlyInB,
    List<DifferentValue> values,
    List<DifferentValue> reads,
    List<DifferentValue> streams,
    List<DifferentValue> hostAnswers,
    List<DifferentDuration> durations,
    long unlisted) {

  /** The answer in one word. */
  public enum Verdict {
    /** There is no difference. */
    SAME,
    DIFFERENT,
    /**
     * There is no place where a few accesses in a row are the same, so that the logs could not be
     * aligned: what is listed is a count of both.
     */
    NOTHING_IN_COMMON,
    /** One of the two has no access. */
    EMPTY
  }

  /**
   * One of the two logs.
   *
   * @param vsmmu name of its vSMMU
   * @param events number of events that were read
   * @param accesses number of accesses in them
   * @param lastPosition position of the last event that was read
   * @param broken why the log was read up to there only; null if it was read completely
   * @param completion time from doorbells to completions; null if the log does not contain it
   * @param reads how often the guest read each register, by name; empty if the log has no reads
   */
  public record ComparedLog(
      String vsmmu,
      long events,
      long accesses,
      long lastPosition,
      @Nullable String broken,
      @Nullable CompletionTimes completion,
      SequencedMap<String, Long> reads) {}

  /**
   * Times from a doorbell to the completion of its commands, in microseconds; percentiles up to 13
   * percent.
   *
   * @param doorbells number of doorbells whose completion is known
   * @param measured what counts as completion
   */
  public record CompletionTimes(
      long doorbells, String measured, long median, long p99, long longest) {}

  /**
   * The first place where the two logs differ.
   *
   * @param how in words
   * @param a the access of A at this place; null if A ends here
   * @param b the access of B at this place
   * @param differences what the two accesses differ in; empty if they are different accesses
   * @param beforeA the last accesses of A before it, in order
   * @param afterA the next accesses of A
   */
  public record FirstDivergence(
      String how,
      @Nullable AccessView a,
      @Nullable AccessView b,
      List<ComparedValues> differences,
      List<AccessView> beforeA,
      List<AccessView> beforeB,
      List<AccessView> afterA,
      List<AccessView> afterB) {}

  /** A field with its values in both logs; null for none. */
  public record ComparedValues(String field, @Nullable Object a, @Nullable Object b) {}

  /**
   * Accesses that one log has and the other has not.
   *
   * @param access the name of the kind of access
   * @param positions of the first ones
   */
  public record OnlyOnOneSide(String access, long count, List<Long> positions) {}

  /**
   * A field that differs in accesses that both logs have.
   *
   * @param access the name of the kind of access
   * @param count number of accesses in which it differs
   */
  public record DifferentValue(
      String access, String field, long count, List<ComparedAccesses> examples) {}

  /**
   * One of the accesses in which a field differs.
   *
   * @param positionA position of the access in A
   * @param positionB position of the access in B
   */
  public record ComparedAccesses(
      long positionA, long positionB, @Nullable Object a, @Nullable Object b) {}

  /**
   * A command whose completion took a different time.
   *
   * @param microsA microseconds from doorbell to completion in A
   * @param microsB the same in B
   */
  public record DifferentDuration(
      String access, long positionA, long positionB, long microsA, long microsB) {}
}
