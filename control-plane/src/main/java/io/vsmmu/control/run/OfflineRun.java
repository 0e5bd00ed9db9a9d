package io.vsmmu.control.run;

import io.vsmmu.host.apply.VsmmuHost;
import io.vsmmu.problem.Problem;
import io.vsmmu.smmu.aggregate.Applied;
import io.vsmmu.smmu.aggregate.Decided;
import io.vsmmu.smmu.aggregate.DecisionLoop;
import io.vsmmu.smmu.aggregate.EventMetaData;
import io.vsmmu.smmu.aggregate.StimulusRefusedException;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.stimulus.Stimulus;
import io.vsmmu.smmu.stimulus.Stimulus.ReportHostOutcome;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One vSMMU driven by its only writer: decide, apply to a host, decide about the outcome. The
 * events go to a sink in order; nobody but this run knows of the vSMMU until it is done.
 */
public final class OfflineRun {

  /** Takes the events of a run. */
  @FunctionalInterface
  public interface Sink {

    /**
     * Takes one event.
     *
     * @param sequence of the event
     * @param cause sequence of the event that caused it
     */
    void accept(long sequence, OptionalLong cause, VsmmuEvent event);
  }

  private final VsmmuHost host;
  private final Sink sink;
  private VsmmuState state = VsmmuState.ABSENT;

  public OfflineRun(VsmmuHost host, Sink sink) {
    this.host = host;
    this.sink = sink;
  }

  /** The state after everything submitted so far. */
  public VsmmuState state() {
    return state;
  }

  /**
   * Decides and applies a stimulus, and the remainder of a slice of the command queue.
   *
   * @return what is wrong with the stimulus, if it makes no sense in the present state
   */
  public Optional<Problem> submit(Stimulus stimulus) {
    try {
      DecisionLoop.submitWhole(stimulus, this::applied);
      return Optional.empty();
    } catch (StimulusRefusedException refused) {
      return Optional.of(refused.problem());
    }
  }

  private Applied applied(Stimulus stimulus) {
    Decided decided = DecisionLoop.decide(state, stimulus);
    emit(decided);
    Optional<ReportHostOutcome> outcome =
        decided.concernsHost()
            ? host.apply(decided.events(), decided.sequence(), decided.after())
            : Optional.empty();
    return new Applied(decided, outcome, outcome.map(this::reported));
  }

  private Decided reported(ReportHostOutcome outcome) {
    Decided reported = DecisionLoop.decide(state, outcome);
    emit(reported);
    return reported;
  }

  private void emit(Decided decided) {
    long sequence = decided.sequence();
    for (VsmmuEvent event : decided.events()) {
      sink.accept(sequence, EventMetaData.cause(event, decided.sequence()), event);
      sequence++;
    }
    state = decided.after();
  }
}
