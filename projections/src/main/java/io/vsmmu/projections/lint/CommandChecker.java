package io.vsmmu.projections.lint;

/** A checker that looks at the commands of the queue. */
interface CommandChecker extends RuleChecker {

  /**
   * Examines the commands that were consumed with an event; called after {@link #observe} of that
   * event.
   *
   * @param step the event; the streams that the commands configure are configured by later events
   */
  void commands(ObservedEvent step, ObservedCommands commands);
}
