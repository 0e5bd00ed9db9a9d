package io.vsmmu.control.replay;

import java.util.List;

/**
 * What a replay found.
 *
 * @param events how many events of the log were replayed
 * @param decisions how many stimuli were decided or applied again
 * @param hostOperations how many operations the host was asked for now
 * @param divergences the first ones, in order, at most {@link LogReplay#DIVERGENCES}
 * @param diverged how many there were in all
 */
public record ReplayReport(
    long events, long decisions, long hostOperations, List<Divergence> divergences, long diverged) {

  public ReplayReport {
    divergences = List.copyOf(divergences);
  }
}
