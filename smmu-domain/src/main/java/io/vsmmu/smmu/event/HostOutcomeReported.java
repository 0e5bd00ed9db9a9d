package io.vsmmu.smmu.event;

import io.vsmmu.smmu.stimulus.HostOperation;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.util.List;
import java.util.OptionalLong;

/**
 * The host's outcome of a decision.
 *
 * @param decision sequence of the event whose operations these are
 * @param completes whether the command queue waited for this outcome
 * @param cons CMDQ_CONS from here on
 * @param beganMicros when the first measured operation began, in microseconds since 1970; 0 if none
 *     was measured
 */
public record HostOutcomeReported(
    long decision, List<HostOperation> operations, boolean completes, long cons, long beganMicros)
    implements StimulusEvent {

  private static final long NANOS_PER_MICRO = 1000;

  public HostOutcomeReported {
    operations = List.copyOf(operations);
  }

  /** An outcome of whose operations no time was measured. */
  public HostOutcomeReported(
      long decision, List<HostOperation> operations, boolean completes, long cons) {
    this(decision, operations, completes, cons, 0);
  }

  /** When one of the operations began, in microseconds since 1970; empty if it was not measured. */
  public OptionalLong beganMicros(HostOperation operation) {
    return operation.timed()
        ? OptionalLong.of(beganMicros + operation.beganNanos() / NANOS_PER_MICRO)
        : OptionalLong.empty();
  }

  /**
   * When the last measured operation ended, in microseconds since 1970, rounded down; empty if none
   * was measured.
   */
  public OptionalLong endedMicros() {
    return operations.stream()
        .filter(HostOperation::timed)
        .mapToLong(operation -> operation.beganNanos() + operation.tookNanos())
        .map(nanos -> beganMicros + nanos / NANOS_PER_MICRO)
        .max();
  }

  @Override
  public Stimulus stimulus() {
    return new Stimulus.ReportHostOutcome(decision, operations, beganMicros);
  }
}
