package io.vsmmu.smmu.model;

import io.vsmmu.smmu.event.CommandQueueFailed;
import io.vsmmu.smmu.spec.CommandError;
import io.vsmmu.smmu.spec.InterruptFields;
import io.vsmmu.smmu.spec.QueuePointer;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.TableFields;
import io.vsmmu.smmu.stimulus.HostOperation;

/**
 * Stops the command queue at an entry (IHI 0070, 7.1): CMDQ_CONS.ERR gets the reason, CMDQ_CONS.RD
 * the index of the entry, and GERROR.CMDQ_ERR toggles. Consumption continues when the guest has
 * acknowledged the error in GERRORN.
 */
final class CommandQueueErrors {

  /** Linux errno values (include/uapi/asm-generic/errno-base.h, errno.h). */
  private static final int EIO = 5;

  private static final int EINVAL = 22;
  private static final int ETIMEDOUT = 110;

  private CommandQueueErrors() {}

  /**
   * The event that stops the queue.
   *
   * @param entry index within the slice of the entry that failed
   * @param index the entry's index in the queue, with wrap bit
   * @param detail why, for operators
   */
  static CommandQueueFailed at(
      VsmmuState state, int entry, CommandError error, long index, String detail) {
    long cons = TableFields.CMDQ_CONS_ERR.set(index, error.code());
    long gerror = state.registers().get(Register.GERROR);
    // An error that is active already is not raised again: toggling would acknowledge it.
    gerror ^= state.commandQueueStopped() ? 0 : InterruptFields.CMDQ_ERR.mask();
    return new CommandQueueFailed(entry, error, cons, gerror, detail);
  }

  /**
   * The event that stops the queue at an invalidation that the host refused.
   *
   * @param state the state while the queue waits for the host
   * @param cons CMDQ_CONS, where the slice of the invalidation begins
   */
  static CommandQueueFailed refused(VsmmuState state, long cons, HostOperation failed) {
    QueuePointer start = pointer(state, TableFields.RD.get(cons));
    int submitted = pointer(state, state.commandQueue().fetched()).distanceFrom(start);
    int entry = Math.clamp(failed.failedEntry(), 0, Math.max(0, submitted - 1));
    return at(
        state,
        entry,
        errorFor(failed.errno()),
        start.advance(entry).value(),
        "host: errno " + failed.errno());
  }

  private static QueuePointer pointer(VsmmuState state, long value) {
    return QueuePointer.normalise((int) value, state.commandQueueLog2Size());
  }

  /**
   * A command that the host's kernel refuses (EIO, EINVAL) is illegal to the guest; one that the
   * physical SMMU did not complete in time is a failed CMD_SYNC. Any other error may be temporary:
   * after CERROR_ABT a guest may let the SMMU fetch the same command again.
   */
  private static CommandError errorFor(int errno) {
    return switch (errno) {
      case EIO, EINVAL -> CommandError.CERROR_ILL;
      case ETIMEDOUT -> CommandError.CERROR_ATC_INV_SYNC;
      default -> CommandError.CERROR_ABT;
    };
  }
}
