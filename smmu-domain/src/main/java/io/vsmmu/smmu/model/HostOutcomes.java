package io.vsmmu.smmu.model;

import io.vsmmu.smmu.event.CommandQueueFailed;
import io.vsmmu.smmu.event.HostFailed;
import io.vsmmu.smmu.event.HostOutcomeReported;
import io.vsmmu.smmu.spec.CommandError;
import io.vsmmu.smmu.spec.InterruptFields;
import io.vsmmu.smmu.spec.QueuePointer;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.TableFields;
import io.vsmmu.smmu.stimulus.HostOperation;
import io.vsmmu.smmu.stimulus.HostOperation.Kind;
import io.vsmmu.smmu.stimulus.Stimulus.ReportHostOutcome;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** What a host's outcome means to the guest. */
final class HostOutcomes {

  /** Linux errno values (include/uapi/asm-generic/errno-base.h, errno.h). */
  private static final int EIO = 5;

  private static final int EINVAL = 22;
  private static final int ETIMEDOUT = 110;

  private HostOutcomes() {}

  static Decision decide(VsmmuState state, ReportHostOutcome report) {
    Draft draft = new Draft(state);
    boolean completes = state.commandQueue().awaiting() == report.decision();
    Optional<HostOperation> invalidation =
        report.operations().stream()
            .filter(op -> op.kind() == Kind.INVALIDATE && !op.succeeded())
            // -1: the host was asked again, and that answer follows.
            .filter(op -> op.failedEntry() >= 0)
            .min(Comparator.comparingInt(HostOperation::failedEntry));
    long cons = state.registers().get(Register.CMDQ_CONS);
    long completed = completes && invalidation.isEmpty() ? state.commandQueue().fetched() : cons;
    draft.emit(
        new HostOutcomeReported(report.decision(), report.operations(), completes, completed));
    closeFailedStreams(draft, report.operations());
    if (completes) {
      invalidation.ifPresent(op -> stopQueue(draft, cons, op));
    }
    return draft.accepted();
  }

  private static void closeFailedStreams(Draft draft, List<HostOperation> operations) {
    TreeSet<Integer> failed = new TreeSet<>();
    for (HostOperation operation : operations) {
      if (operation.succeeded() || operation.kind() == Kind.INVALIDATE) {
        continue;
      }
      draft.emit(new HostFailed(operation, closed(draft.state(), operations, operation)));
      if (operation.streamId() >= 0 && operation.kind() != Kind.DESTROY) {
        failed.add(operation.streamId());
      }
    }
    failed.forEach(streamId -> StreamPlacement.failClosed(draft, streamId));
  }

  /** Whether the device sits on the abort proxy now. */
  private static boolean closed(
      VsmmuState state, List<HostOperation> operations, HostOperation failed) {
    long abort = state.hostHandles().abortProxy();
    return failed.kind() == Kind.DESTROY
        || operations.stream()
            .anyMatch(
                op ->
                    op.kind() == Kind.ATTACH
                        && op.succeeded()
                        && op.streamId() == failed.streamId()
                        && op.target() == abort);
  }

  private static void stopQueue(Draft draft, long cons, HostOperation failed) {
    int entry = Math.max(failed.failedEntry(), 0);
    VsmmuState state = draft.state();
    long index =
        QueuePointer.normalise((int) TableFields.RD.get(cons), state.commandQueueLog2Size())
            .advance(entry)
            .value();
    draft.emit(
        queueFailed(
            state, entry, errorFor(failed.errno()), index, "host: errno " + failed.errno()));
  }

  /** The event that stops the queue at {@code index}. */
  static CommandQueueFailed queueFailed(
      VsmmuState state, int entry, CommandError error, long index, String detail) {
    long cons = TableFields.CMDQ_CONS_ERR.set(index, error.code());
    long gerror = state.registers().get(Register.GERROR) ^ InterruptFields.CMDQ_ERR.mask();
    return new CommandQueueFailed(entry, error, cons, gerror, detail);
  }

  /** A refused command is illegal; what may succeed later is reported as retryable. */
  private static CommandError errorFor(int errno) {
    return switch (errno) {
      case EIO, EINVAL -> CommandError.CERROR_ILL;
      case ETIMEDOUT -> CommandError.CERROR_ATC_INV_SYNC;
      default -> CommandError.CERROR_ABT;
    };
  }
}
