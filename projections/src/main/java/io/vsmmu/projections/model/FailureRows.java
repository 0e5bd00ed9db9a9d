package io.vsmmu.projections.model;

import io.vsmmu.projections.travel.LogEvent;
import io.vsmmu.smmu.event.CommandQueueFailed;
import io.vsmmu.smmu.event.FaultsReported;
import io.vsmmu.smmu.event.GlobalErrorRaised;
import io.vsmmu.smmu.event.HostFailed;
import io.vsmmu.smmu.event.HostOutcomeReported;
import io.vsmmu.smmu.event.RecordingFinished;
import io.vsmmu.smmu.model.GroupCompleteness;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.stimulus.HostOperation;
import org.jspecify.annotations.Nullable;

/** Writes the table {@code failure}: one row for each thing that failed. */
public final class FailureRows {

  /** Kind of a failure; it decides what the code of its row means. */
  public enum Kind {
    /** The host refused an operation; the code is its errno. */
    HOST_OPERATION,
    /** The command queue stopped; the code is that of CMDQ_CONS.ERR. */
    QUEUE_ERROR,
    /** The host lost fault records; the code is how many. */
    LOST_FAULTS,
    /** A write to guest memory failed; the code is the error's bit in GERROR. */
    WRITE_ABORTED,
    /** A recording ended before its end; the code is 0. */
    PARTIAL_RECORDING
  }

  private final CopyBuffer rows;

  /** Number of the next failure of the same event, from 0. */
  private int ordinal;

  FailureRows(CopyBuffer rows) {
    this.rows = rows;
  }

  /**
   * Adds a row for each failure that an event reports.
   *
   * @param after state after the event
   */
  void observe(LogEvent event, VsmmuState after) {
    ordinal = 0;
    switch (event.event()) {
      case HostFailed it -> operation(event, after, it.operation(), it.closed());
      case HostOutcomeReported it -> {
        for (HostOperation op : it.operations()) {
          // A failed operation of another kind is reported by an event HostFailed.
          if (!op.succeeded() && op.kind() == HostOperation.Kind.INVALIDATE) {
            operation(event, after, op, true);
          }
        }
      }
      case CommandQueueFailed it ->
          row(
              event,
              after,
              Kind.QUEUE_ERROR,
              it.error().code(),
              null,
              it.error() + ": " + it.detail());
      case FaultsReported it when it.lost() > 0 ->
          row(event, after, Kind.LOST_FAULTS, it.lost(), null, it.lost() + " fault records lost");
      case GlobalErrorRaised it ->
          row(
              event,
              after,
              Kind.WRITE_ABORTED,
              Long.numberOfTrailingZeros(it.error().bit().mask()),
              null,
              it.error().name());
      case RecordingFinished it when !it.complete() ->
          row(event, after, Kind.PARTIAL_RECORDING, 0, null, it.reason());
      default -> {}
    }
  }

  private void operation(LogEvent event, VsmmuState after, HostOperation op, boolean closed) {
    row(
        event,
        after,
        Kind.HOST_OPERATION,
        op.errno(),
        op.streamId() < 0 ? null : op.streamId(),
        op.kind()
            + " failed with "
            + op.errnoText()
            + (closed ? "" : ", not closed")
            + GroupCompleteness.explain(after, op).map(why -> ": " + why).orElse(""));
  }

  private void row(
      LogEvent event,
      VsmmuState after,
      Kind kind,
      long code,
      @Nullable Integer sid,
      String detail) {
    rows.row(
        event.vsmmu(),
        event.position(),
        ordinal++,
        kind.name(),
        code,
        sid,
        after.health().status().name(),
        detail);
  }
}
