package io.vsmmu.control.run;

import io.vsmmu.host.apply.VsmmuHost;
import io.vsmmu.smmu.aggregate.EventMetaData;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.model.Decision;
import io.vsmmu.smmu.model.SliceRemainder;
import io.vsmmu.smmu.model.Vsmmu;
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
   * Decides and applies a stimulus; what a slice leaves over is submitted again.
   *
   * @return the refusal, if the stimulus makes no sense
   */
  public Optional<Decision.Refused> submit(Stimulus stimulus) {
    Optional<Stimulus> next = Optional.of(stimulus);
    while (next.isPresent()) {
      Stimulus current = next.get();
      switch (Vsmmu.decide(state, current)) {
        case Decision.Refused refused -> {
          return Optional.of(refused);
        }
        case Decision.Accepted accepted -> {
          boolean failed = commit(accepted);
          next =
              failed
                  ? Optional.empty()
                  : SliceRemainder.of(current, accepted.events()).map(rest -> rest);
        }
      }
    }
    return Optional.empty();
  }

  /** Returns whether the command queue stopped. */
  private boolean commit(Decision.Accepted accepted) {
    long first = state.events();
    emit(accepted, first);
    boolean failed = SliceRemainder.stopsQueue(accepted.events());
    if (accepted.concernsHost()) {
      Optional<ReportHostOutcome> outcome = host.apply(accepted.events(), first, accepted.after());
      if (outcome.isPresent()
          && Vsmmu.decide(state, outcome.get()) instanceof Decision.Accepted reported) {
        emit(reported, state.events());
        failed |= SliceRemainder.stopsQueue(reported.events());
      }
    }
    return failed;
  }

  private void emit(Decision.Accepted accepted, long first) {
    long sequence = first;
    for (VsmmuEvent event : accepted.events()) {
      sink.accept(sequence, EventMetaData.cause(event, first), event);
      sequence++;
    }
    state = accepted.after();
  }
}
