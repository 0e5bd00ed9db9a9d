package io.vsmmu.smmu.aggregate;

import io.vsmmu.problem.Problem;
import io.vsmmu.smmu.event.CommandQueueFailed;
import io.vsmmu.smmu.event.CommandsConsumed;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.model.Decision;
import io.vsmmu.smmu.model.Vsmmu;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.stimulus.Stimulus;
import io.vsmmu.smmu.stimulus.Stimulus.ConsumeCommands;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Decides stimuli in order until a decision concerns the host. Everything that writes the log of a
 * vSMMU decides by this loop (the Axon aggregate, write-behind, offline runs, logs in memory), so
 * that the same stimuli give the same decisions whichever way they take.
 *
 * <p>The loop stops at the host because what follows may depend on the host's outcome: a command
 * queue whose invalidation failed stops at that command, and the configuration change behind it
 * must not happen. The caller applies the decision, reports the outcome as a stimulus of its own,
 * and continues.
 *
 * <p>All methods are pure, apart from what the caller's own function does.
 */
public final class DecisionLoop {

  private DecisionLoop() {}

  /**
   * Decides one stimulus.
   *
   * @throws StimulusRefusedException when the stimulus is refused; nothing has happened
   */
  public static Decided decide(VsmmuState state, Stimulus stimulus) {
    return switch (Vsmmu.decide(state, stimulus)) {
      case Decision.Refused(Problem problem) -> throw new StimulusRefusedException(problem);
      case Decision.Accepted accepted ->
          new Decided(state.events(), accepted.events(), accepted.after());
    };
  }

  /**
   * Decides stimuli in order, each in the state that the one before it left, up to and including
   * the first decision that concerns the host.
   *
   * @param stimuli at least one
   * @throws StimulusRefusedException when one of them is refused; then none of them has happened
   */
  public static Submission decideUntilHost(VsmmuState state, List<Stimulus> stimuli) {
    List<Decided> decisions = new ArrayList<>(stimuli.size());
    VsmmuState next = state;
    for (Stimulus stimulus : stimuli) {
      Decided decided = decide(next, stimulus);
      decisions.add(decided);
      if (decided.concernsHost()) {
        break;
      }
      next = decided.after();
    }
    return new Submission(decisions);
  }

  /**
   * Submits a stimulus and, when it is a slice of the command queue of which a part remains, the
   * remainder, until nothing remains or an error has stopped the queue.
   *
   * @param submit decides the stimulus, makes it durable and applies it
   * @return the last result of {@code submit}
   */
  public static Applied submitWhole(Stimulus stimulus, Function<Stimulus, Applied> submit) {
    Applied applied = submit.apply(stimulus);
    Optional<ConsumeCommands> remainder = remainder(stimulus, applied);
    while (remainder.isPresent()) {
      applied = submit.apply(remainder.get());
      remainder = remainder(remainder.get(), applied);
    }
    return applied;
  }

  private static Optional<ConsumeCommands> remainder(Stimulus stimulus, Applied applied) {
    boolean stopped =
        applied.reported().isPresent() && stopsQueue(applied.reported().get().events());
    return stopped ? Optional.empty() : remainder(stimulus, applied.decided().events());
  }

  /**
   * The remainder of a slice whose next command, a configuration change or an error, must wait for
   * the outcome of the invalidations before it. Empty when nothing remains, nothing was consumed,
   * the queue stopped, or {@code stimulus} is not a slice.
   *
   * @param decided the events of its decision
   */
  public static Optional<ConsumeCommands> remainder(Stimulus stimulus, List<VsmmuEvent> decided) {
    if (stimulus instanceof ConsumeCommands slice
        && decided.getFirst() instanceof CommandsConsumed done
        && done.consumed() > 0
        && !stopsQueue(decided)) {
      return slice.after(done.consumed());
    }
    return Optional.empty();
  }

  private static boolean stopsQueue(List<VsmmuEvent> events) {
    return events.stream().anyMatch(CommandQueueFailed.class::isInstance);
  }
}
