package io.vsmmu.smmu.model;

import io.vsmmu.smmu.event.VsmmuCreated;
import io.vsmmu.smmu.event.VsmmuReset;
import io.vsmmu.smmu.stimulus.Stimulus.ResetSource;

/** The state after creation, deletion and reset of a vSMMU. */
final class LifecycleEvolution {

  private LifecycleEvolution() {}

  static void created(StateEdit edit, VsmmuCreated created) {
    edit.lifecycle = Lifecycle.RUNNING;
    edit.origin = created.origin();
    edit.durability = created.durability();
    edit.properties = created.properties();
    edit.ids = created.ids();
    edit.vm = created.vm();
  }

  static void deleted(StateEdit edit) {
    edit.lifecycle = Lifecycle.DELETED;
    edit.commandQueue = new CommandQueue(edit.commandQueue.fetched(), -1);
    DeviceEvolution.freeAll(edit);
    VmmEvolution.disconnected(edit);
  }

  static void reset(StateEdit edit, VsmmuReset reset) {
    // A VMM also resets the device when it creates it, before a guest has used it.
    if (reset.source() == ResetSource.VMM && !edit.registers.equals(RegisterFile.RESET)) {
      edit.vmm = edit.vmm.rebooted();
    }
    edit.registers = RegisterFile.RESET;
    edit.commandQueue = CommandQueue.EMPTY;
  }
}
