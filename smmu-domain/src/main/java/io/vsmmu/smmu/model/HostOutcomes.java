package io.vsmmu.smmu.model;

import io.vsmmu.smmu.event.HostFailed;
import io.vsmmu.smmu.event.HostOutcomeReported;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.stimulus.HostOperation;
import io.vsmmu.smmu.stimulus.HostOperation.Kind;
import io.vsmmu.smmu.stimulus.Stimulus.ReportHostOutcome;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Decides what an outcome of the host means to the guest: CMDQ_CONS moves, the command queue stops,
 * or streams are closed because the host does not do for them what the state says.
 */
final class HostOutcomes {

  /**
   * Linux errno of an ioctl that the kernel does not have (include/uapi/asm-generic/errno-base.h).
   */
  private static final int ENOTTY = 25;

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
        new HostOutcomeReported(
            report.decision(), report.operations(), completes, completed, report.beganMicros()));
    closeFailedStreams(draft, report.operations(), completes);
    HardwareQueueDecisions.closeRefused(draft, report.operations());
    invalidation.ifPresent(op -> draft.emit(CommandQueueErrors.refused(draft.state(), cons, op)));
    return draft.accepted();
  }

  /** The failed invalidation that the guest sees: the one at the earliest entry. */
  private static Optional<HostOperation> failedInvalidation(List<HostOperation> operations) {
    return operations.stream()
        .filter(HostOutcomes::lostInvalidation)
        .min(Comparator.comparingInt(HostOperation::failedEntry));
  }

  /** A failed entry of -1 means that the host was asked again, with another operation. */
  private static boolean lostInvalidation(HostOperation op) {
    return op.kind() == Kind.INVALIDATE && !op.succeeded() && op.failedEntry() >= 0;
  }

  private static void closeFailedStreams(
      Draft draft, List<HostOperation> operations, boolean queueWaits) {
    TreeSet<Integer> failed = new TreeSet<>();
    for (HostOperation operation : operations) {
      boolean guestSeesIt = operation.kind() == Kind.INVALIDATE && queueWaits;
      boolean retried = operation.kind() == Kind.INVALIDATE && !lostInvalidation(operation);
      // A hardware queue that the host did not allocate is closed; no stream depends on it.
      boolean queue = operation.kind() == Kind.ALLOC_HW_QUEUE;
      if (operation.succeeded() || guestSeesIt || retried || queue) {
        continue;
      }
      draft.emit(new HostFailed(operation.untimed(), closed(draft.state(), operations, operation)));
      if (operation.streamId() >= 0 && concernsPlacement(draft.state(), operation)) {
        failed.add(operation.streamId());
      }
    }
    failed.forEach(streamId -> StreamPlacement.failClosed(draft, streamId));
  }

  /**
   * Whether the device is not attached to the HWPT that the state has for it. A refused move to a
   * HWPT that the stream has left since does not count, nor does a HWPT that could not be
   * destroyed, to which no device is attached.
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

  /** A kernel without vEVENTQs reports no faults; streams translate all the same. */
  private static boolean lacksEventQueue(HostOperation failed) {
    return failed.kind() == Kind.ALLOC_VEVENTQ && failed.errno() == ENOTTY;
  }

  /** The HWPTs for abort and bypass, without which no stream of the vSMMU can be configured. */
  private static boolean isProxy(VsmmuState state, long handle) {
    HostHandles shared = state.hostHandles();
    return handle == shared.abortProxy() || handle == shared.bypassProxy();
  }

  /** Whether the device is attached to the abort proxy now, so that it fails closed. */
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
}
