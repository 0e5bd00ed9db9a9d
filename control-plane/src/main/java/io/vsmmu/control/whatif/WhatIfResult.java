package io.vsmmu.control.whatif;

import io.vsmmu.projections.query.StateDiff;
import java.util.List;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * The difference between what happened and what would have happened with a changed input.
 *
 * @param change what was changed, for people
 * @param from position of the first event that was decided again
 * @param recorded number of recorded events from there on
 * @param produced number of events in their place
 * @param same number of events that happened and would have happened
 * @param gone events that happened and would not have happened, by type
 * @param added events that would have happened and did not
 * @param different events that would have had other values
 * @param refused stimuli that make no sense in the state that they would have met, the first ones
 * @param refusals number of all such stimuli
 * @param hostOperations operations on the host whose number differs
 * @param state the differences between the recorded state at the end and the state that there would
 *     have been
 * @param kept name of the vSMMU that has the log of the outcome; null if it was not kept
 */
public record WhatIfResult(
    String change,
    long from,
    long recorded,
    long produced,
    long same,
    List<TypeCount> gone,
    List<TypeCount> added,
    List<TypeCount> different,
    List<RefusedStimulus> refused,
    long refusals,
    List<OperationCount> hostOperations,
    StateDiff state,
    @Nullable String kept) {

  /**
   * Events of one type.
   *
   * @param type the events' type, such as {@code StreamConfigured}
   */
  public record TypeCount(String type, long count, List<ChangedEvent> examples) {}

  /**
   * An event that differs.
   *
   * @param position of the recorded event; of the recorded stimulus that an added event follows
   *     from
   * @param recorded its data; null for an added event
   * @param produced the data that it would have; null for an event that is gone
   */
  public record ChangedEvent(
      long position,
      @Nullable SequencedMap<String, @Nullable Object> recorded,
      @Nullable SequencedMap<String, @Nullable Object> produced) {}

  /**
   * A stimulus that was refused.
   *
   * @param position of the recorded event
   * @param reason field, value and what is required
   */
  public record RefusedStimulus(long position, String type, String reason) {}

  /**
   * Operations of one kind with one outcome.
   *
   * @param operation the ioctl's kind
   * @param outcome {@code done}, or the name of the errno
   */
  public record OperationCount(String operation, String outcome, long recorded, long produced) {}
}
