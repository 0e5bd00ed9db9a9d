package io.vsmmu.smmu.model;

import io.vsmmu.smmu.event.CommandQueueFailed;
import io.vsmmu.smmu.event.CommandsConsumed;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.stimulus.Stimulus;
import io.vsmmu.smmu.stimulus.Stimulus.ConsumeCommands;
import java.util.List;
import java.util.Optional;

/**
 * The rest of a slice whose next command, a configuration change or an error, must wait for the
 * outcome of the invalidations before it. The caller that submitted the slice submits the rest.
 */
public final class SliceRemainder {

  private SliceRemainder() {}

  /**
   * The rest of a slice; empty when nothing is left, nothing was consumed, the queue stopped, or
   * {@code stimulus} is no slice.
   *
   * @param decided the events of its decision
   */
  public static Optional<ConsumeCommands> of(Stimulus stimulus, List<VsmmuEvent> decided) {
    if (stimulus instanceof ConsumeCommands slice
        && decided.getFirst() instanceof CommandsConsumed done
        && done.consumed() > 0
        && !stopsQueue(decided)) {
      return slice.after(done.consumed());
    }
    return Optional.empty();
  }

  /** Whether the command queue stopped at an error. */
  public static boolean stopsQueue(List<VsmmuEvent> events) {
    return events.stream().anyMatch(CommandQueueFailed.class::isInstance);
  }
}
