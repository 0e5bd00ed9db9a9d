package io.vsmmu.projections.lint;

import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.model.VsmmuState;
import java.util.Set;

/**
 * Finds violations of some of the {@link Rule}s in a log, event by event, in bounded memory. Its
 * state is stored in checkpoints and restored after a restart: every field but the report must be a
 * {@link com.fasterxml.jackson.annotation.JsonProperty} that Jackson can write and read, and the
 * class name is its key. A change of a checker's state or findings raises {@link Linter#VERSION}.
 */
interface RuleChecker {

  /**
   * The types of events that the checker observes; empty for all. Events of other types are not
   * passed to {@link #observe}.
   */
  default Set<Class<? extends VsmmuEvent>> observed() {
    return Set.of();
  }

  /** Examines the next event; events are passed in the order of their sequences, without holes. */
  void observe(ObservedEvent step);

  /**
   * Reports what still holds at the end of the log. No event is observed afterwards.
   *
   * @param last state after the last event
   * @param position of the last event
   */
  void finish(VsmmuState last, long position);
}
