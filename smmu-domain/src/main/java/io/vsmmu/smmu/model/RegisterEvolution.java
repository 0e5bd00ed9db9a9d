package io.vsmmu.smmu.model;

import io.vsmmu.smmu.event.RegisterWritten;
import io.vsmmu.smmu.event.StreamBehaviour;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.TableFields;

/** The state after a guest wrote to the register frame. */
final class RegisterEvolution {

  private RegisterEvolution() {}

  static void written(StateEdit edit, RegisterWritten written) {
    edit.guestStarted = true;
    boolean enabled = VsmmuState.enabled(edit.registers);
    StreamBehaviour global = VsmmuState.globalBypass(edit.registers);
    for (RegisterWritten.Change change : written.changes()) {
      edit.registers = edit.registers.with(change.register(), change.value());
      // CMDQ_CONS is writable only while the queue is disabled; consumption begins there again.
      if (change.register() == Register.CMDQ_CONS) {
        edit.commandQueue = new CommandQueue(TableFields.RD.get(change.value()), -1);
      }
    }
    boolean enabledNow = VsmmuState.enabled(edit.registers);
    boolean follows = !enabledNow && VsmmuState.globalBypass(edit.registers) != global;
    if (enabledNow != enabled || follows) {
      StreamEvolution.redrive(edit);
    }
  }
}
