package io.vsmmu.smmu.model;

import io.vsmmu.smmu.event.CommandQueueFailed;
import io.vsmmu.smmu.event.CommandsConsumed;
import io.vsmmu.smmu.spec.ControlFields;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.TableFields;

/** The state after commands were consumed, or stopped the command queue. */
final class CommandQueueEvolution {

  private CommandQueueEvolution() {}

  static void consumed(StateEdit edit, CommandsConsumed consumed) {
    edit.guestStarted = true;
    edit.registers =
        edit.registers
            .with(Register.CMDQ_PROD, consumed.prod())
            .with(Register.CMDQ_CONS, consumed.cons());
    if (consumed.recorded().isPresent() && consumed.consumed() > 0) {
      // The guest had enabled the queue, perhaps before the recording began.
      long enabled = edit.registers.get(Register.CR0) | ControlFields.CMDQEN.mask();
      edit.registers = edit.registers.with(Register.CR0, enabled).with(Register.CR0ACK, enabled);
    }
    long awaiting = consumed.awaitsHost() ? edit.events : edit.commandQueue.awaiting();
    edit.commandQueue = new CommandQueue(consumed.fetched(), awaiting);
    StreamEvolution.forget(edit, consumed);
    edit.commands = edit.commands.plus(consumed.entries(), consumed.known(), consumed.consumed());
  }

  static void failed(StateEdit edit, CommandQueueFailed failed) {
    edit.registers =
        edit.registers
            .with(Register.CMDQ_CONS, failed.cons())
            .with(Register.GERROR, failed.gerror());
    edit.commandQueue =
        new CommandQueue(TableFields.RD.get(failed.cons()), edit.commandQueue.awaiting());
  }
}
