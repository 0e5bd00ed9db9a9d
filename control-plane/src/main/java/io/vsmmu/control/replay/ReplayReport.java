package io.vsmmu.control.replay;

import java.util.List;

/**
 * The result of a replay.
 *
 * @param events the number of events of the log that were replayed
 * @param decisions the number of stimuli that were decided or applied again
 * @param hostOperations the number of operations that the replay asked of its host
 * @param divergences the first ones, in order, at most {@link LogReplay#DIVERGENCES}
 * @param diverged the number of all divergences
 */
public record ReplayReport(
    long events, long decisions, long hostOperations, List<Divergence> divergences, long diverged) {

  public ReplayReport {
    divergences = List.copyOf(divergences);
  }
}
