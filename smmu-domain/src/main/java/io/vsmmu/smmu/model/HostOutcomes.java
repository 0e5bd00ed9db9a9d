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
  private static final int ENOTTY = 25;
  private static final int ETIMEDOUT = 110;

  private HostOutcomes() {}

  static Decision decide(VsmmuState state, ReportHostOutcome report) {
    Draft draft = new Draft(state);
    CommandQueue queue = state.commandQueue();
    boolean completes = queue.awaitsHost() && queue.awaiting() == report.decision();
    Optional<HostOperation> invalidation =
        completes ? failedInvalidation(report.operations()) : Optional.empty();
    long cons = state.registers().get(Register.CMDQ_CONS);
    long completed = completes && invalidation.isEmpty() ? queue.fetched() : cons;
    draft.emit(
        new HostOutcomeReported(report.decision(), report.operations(), completes, completed));
    closeFailedStreams(draft, report.operations(), completes);
    HardwareQueueDecisions.closeRefused(draft, report.operations());
    invalidation.ifPresent(op -> stopQueue(draft, cons, op));
    return draft.accepted();
  }

  /** The failure that the guest sees: the one at the earliest entry. */
  private static Optional<HostOperation> failedInvalidation(List<HostOperation> operations) {
    return operations.stream()
        .filter(HostOutcomes::lostInvalidation)
        .min(Comparator.comparingInt(HostOperation::failedEntry));
  }

  /** An entry of -1 says that the host was asked again, and that answer follows. */
  private static boolean lostInvalidation(HostOperation op) {
    return op.kind() == Kind.INVALIDATE && !op.succeeded() && op.failedEntry() >= 0;
  }

  private static void closeFailedStreams(
      Draft draft, List<HostOperation> operations, boolean queueWaits) {
    TreeSet<Integer> failed = new TreeSet<>();
    for (HostOperation operation : operations) {
      boolean guestIsTold = operation.kind() == Kind.INVALIDATE && queueWaits;
      boolean retried = operation.kind() == Kind.INVALIDATE && !lostInvalidation(operation);
      // A queue that is not there is closed: no stream is worse for it.
      boolean queue = operation.kind() == Kind.ALLOC_HW_QUEUE;
      if (operation.succeeded() || guestIsTold || retried || queue) {
        continue;
      }
      draft.emit(new HostFailed(operation, closed(draft.state(), operations, operation)));
      if (operation.streamId() >= 0 && concernsPlacement(draft.state(), operation)) {
        failed.add(operation.streamId());
      }
    }
    failed.forEach(streamId -> StreamPlacement.failClosed(draft, streamId));
  }

  /**
   * Whether the device is not where the state has it. A refused move to a HWPT that the stream has
   * left since is history; a HWPT that could not be destroyed is nobody's.
   */
  private static boolean concernsPlacement(VsmmuState state, HostOperation failed) {
    long hwpt = state.stream(failed.streamId()).map(StreamState::hwpt).orElse(0L);
    return switch (failed.kind()) {
      case DESTROY, DETACH, UNBIND_DEVICE, ALLOC_HW_QUEUE -> false;
      case ALLOC_HWPT ->
          failed.handle() == 0 || failed.handle() == hwpt || isProxy(state, failed.handle());
      case ALLOC_VEVENTQ -> !lacksEventQueue(failed);
      case ATTACH -> failed.target() == 0 || failed.target() == hwpt;
      case BIND_DEVICE,
          ADOPT_DEVICE,
          ALLOC_IOAS,
          ALLOC_NESTING_PARENT,
          ALLOC_VIOMMU,
          ALLOC_VDEVICE,
          INVALIDATE ->
          true;
    };
  }

  /** A kernel without vEVENTQs: nobody hears of faults, and streams are where they should be. */
  private static boolean lacksEventQueue(HostOperation failed) {
    return failed.kind() == Kind.ALLOC_VEVENTQ && failed.errno() == ENOTTY;
  }

  /** Without both proxies nothing of the vSMMU can be relied on. */
  private static boolean isProxy(VsmmuState state, long handle) {
    HostHandles shared = state.hostHandles();
    return handle == shared.abortProxy() || handle == shared.bypassProxy();
  }

  /** Whether the device sits on the abort proxy now. */
  private static boolean closed(
      VsmmuState state, List<HostOperation> operations, HostOperation failed) {
    long abort = state.hostHandles().abortProxy();
    return failed.kind() == Kind.DESTROY
        || lacksEventQueue(failed)
        || operations.stream()
            .anyMatch(
                op ->
                    op.kind() == Kind.ATTACH
                        && op.succeeded()
                        && op.streamId() == failed.streamId()
                        && abort != 0
                        && op.target() == abort);
  }

  private static void stopQueue(Draft draft, long cons, HostOperation failed) {
    VsmmuState state = draft.state();
    QueuePointer start = pointer(state, TableFields.RD.get(cons));
    int submitted = pointer(state, state.commandQueue().fetched()).distanceFrom(start);
    int entry = Math.clamp(failed.failedEntry(), 0, Math.max(0, submitted - 1));
    draft.emit(
        queueFailed(
            state,
            entry,
            errorFor(failed.errno()),
            start.advance(entry).value(),
            "host: errno " + failed.errno()));
  }

  private static QueuePointer pointer(VsmmuState state, long value) {
    return QueuePointer.normalise((int) value, state.commandQueueLog2Size());
  }

  /** The event that stops the queue at {@code index}. */
  static CommandQueueFailed queueFailed(
      VsmmuState state, int entry, CommandError error, long index, String detail) {
    long cons = TableFields.CMDQ_CONS_ERR.set(index, error.code());
    long gerror = state.registers().get(Register.GERROR);
    // An error that is active already is not raised again: toggling would acknowledge it.
    gerror ^= state.commandQueueStopped() ? 0 : InterruptFields.CMDQ_ERR.mask();
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
