package io.vsmmu.control.replay;

import io.vsmmu.smmu.event.StimulusEvent;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.model.Vsmmu;
import io.vsmmu.smmu.model.VsmmuState;
import java.util.ArrayList;
import java.util.List;

/**
 * Replays a stored log decision by decision. The caller passes the events in order to {@link
 * #accept} and then calls {@link #finish()}. For one thread.
 */
public abstract class LogReplay implements AutoCloseable {

  /** Divergences that are kept; further ones are only counted. */
  public static final int DIVERGENCES = 100;

  private final List<VsmmuEvent> decision = new ArrayList<>();
  private final List<Divergence> divergences = new ArrayList<>();
  private VsmmuState before = VsmmuState.ABSENT;
  private VsmmuState state = VsmmuState.ABSENT;
  private long events;
  private long decisions;
  private long diverged;
  private long hostOperations;

  /** Takes the next event of the log. */
  public final void accept(VsmmuEvent event) {
    if (event instanceof StimulusEvent && !decision.isEmpty()) {
      conclude();
    }
    if (decision.isEmpty()) {
      before = state;
    }
    decision.add(event);
    state = Vsmmu.evolve(state, event);
    events++;
  }

  /** Ends the replay at the end of the log. */
  public final ReplayReport finish() {
    if (!decision.isEmpty()) {
      conclude();
    }
    end(state);
    return report();
  }

  /**
   * Ends the replay in the middle of the log.
   *
   * @param next the event after the last one that was replayed
   */
  public final ReplayReport stopBefore(VsmmuEvent next) {
    if (next instanceof StimulusEvent && !decision.isEmpty()) {
      conclude();
    }
    return report();
  }

  /** The number of events replayed so far. */
  public final long events() {
    return events;
  }

  /** The result for the events replayed so far. */
  public final ReplayReport report() {
    return new ReplayReport(events, decisions, hostOperations, divergences, diverged);
  }

  private void conclude() {
    decisions++;
    decide(before, List.copyOf(decision), state);
    decision.clear();
  }

  /**
   * Replays one decision: a stimulus event and the events that follow from it.
   *
   * @param earlier the state before its first event, whose sequence is {@code earlier.events()}
   * @param later the state after its last event
   */
  abstract void decide(VsmmuState earlier, List<VsmmuEvent> events, VsmmuState later);

  /** Called at the end of the log, with the state after its last event. */
  void end(VsmmuState last) {}

  final void performed(int operations) {
    hostOperations += operations;
  }

  final void differs(long sequence, Object recorded, Object produced) {
    diverged++;
    if (divergences.size() < DIVERGENCES) {
      divergences.add(new Divergence(sequence, String.valueOf(recorded), String.valueOf(produced)));
    }
  }

  @Override
  public void close() {}
}
