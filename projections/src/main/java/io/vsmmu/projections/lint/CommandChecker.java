package io.vsmmu.projections.lint;

/**
 * A checker that looks at the commands of the queue. One that looks at nothing else keeps {@link
 * #observe} as it is here, and says in {@link #observed} of which type alone an event is passed.
 */
interface CommandChecker extends RuleChecker {

  @Override
  default void observe(ObservedEvent step) {}

  /**
   * Examines the commands that were consumed with an event; called after {@link #observe} of that
   * event.
   *
   * @param step the event; the streams that the commands configure are configured by later events
   */
  void commands(ObservedEvent step, ObservedCommands commands);
}
