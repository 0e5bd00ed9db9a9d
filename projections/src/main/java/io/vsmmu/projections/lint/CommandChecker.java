package io.vsmmu.projections.lint;

/** A checker that looks at each command of the queue. */
interface CommandChecker extends RuleChecker {

  /**
   * Examines a command that was consumed; called in the order of the queue, after {@link #observe}
   * of the event that consumed them.
   *
   * @param step the event with which it was consumed; the streams that it configures are configured
   *     by later events
   */
  void command(ObservedEvent step, ObservedCommand command);
}
