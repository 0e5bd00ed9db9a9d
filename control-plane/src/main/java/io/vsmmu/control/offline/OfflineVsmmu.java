package io.vsmmu.control.offline;

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
 * A vSMMU without a session, for one thread: decides a stimulus, applies the events to a host,
 * decides the outcome, and passes all events to a sink in order.
 */
public final class OfflineVsmmu {

  /** Receives the events of all decisions in order. */
  @FunctionalInterface
  public interface Sink {

    /**
     * Receives one event.
     *
     * @param sequence of the event
     * @param cause sequence of the event that caused it
     */
    void accept(long sequence, OptionalLong cause, VsmmuEvent event);
  }

  private final VsmmuHost host;
  private final Sink sink;
  private VsmmuState state;

  /** A vSMMU that does not exist yet. */
  public OfflineVsmmu(VsmmuHost host, Sink sink) {
    this(host, sink, VsmmuState.ABSENT);
  }

  /**
   * A vSMMU that continues from a state.
   *
   * @param host has the objects of the state
   */
  public OfflineVsmmu(VsmmuHost host, Sink sink, VsmmuState state) {
    this.host = host;
    this.sink = sink;
    this.state = state;
  }

  /** The state after the last stimulus. */
  public VsmmuState state() {
    return state;
  }

  /**
   * Decides and applies a stimulus, and what remains of the command queue when a slice of it was
   * consumed.
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
