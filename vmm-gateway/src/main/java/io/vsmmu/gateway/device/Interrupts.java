package io.vsmmu.gateway.device;

import io.vsmmu.smmu.bits.Bits;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.spec.GlobalError;
import io.vsmmu.smmu.spec.InterruptFields;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.SmmuCommand;
import io.vsmmu.vfiouser.VmmLink;
import io.vsmmu.vfiouser.memory.GuestMemory;
import java.util.Optional;

/**
 * Signals the SMMU's interrupts (IHI 0070, 3.18): by a write of the MSI that the guest programmed,
 * or by an edge of INTx when it programmed none.
 */
final class Interrupts {

  /** An interrupt source with its own enable bit and MSI registers. */
  enum Source {
    GERROR(
        InterruptFields.GERROR_IRQEN,
        Register.GERROR_IRQ_CFG0,
        Register.GERROR_IRQ_CFG1,
        GlobalError.MSI_GERROR_ABT_ERR),
    EVENTQ(
        InterruptFields.EVENTQ_IRQEN,
        Register.EVENTQ_IRQ_CFG0,
        Register.EVENTQ_IRQ_CFG1,
        GlobalError.MSI_EVENTQ_ABT_ERR),
    PRIQ(
        InterruptFields.PRIQ_IRQEN,
        Register.PRIQ_IRQ_CFG0,
        Register.PRIQ_IRQ_CFG1,
        GlobalError.MSI_PRIQ_ABT_ERR);

    private final Bits enable;
    private final Register address;
    private final Register data;
    private final GlobalError abort;

    Source(Bits enable, Register address, Register data, GlobalError abort) {
      this.enable = enable;
      this.address = address;
      this.data = data;
      this.abort = abort;
    }
  }

  private final GuestMemory memory;
  private final VmmLink vmm;
  private final GatewayCounters counters;

  Interrupts(GuestMemory memory, VmmLink vmm, GatewayCounters counters) {
    this.memory = memory;
    this.vmm = vmm;
    this.counters = counters;
  }

  /** Signals a source if the guest has enabled it; returns the error when its MSI was aborted. */
  Optional<GlobalError> signal(VsmmuState state, Source source) {
    if (!source.enable.isSet(state.value(Register.IRQ_CTRL))) {
      return Optional.empty();
    }
    return deliver(
        state,
        InterruptFields.MSI_ADDR.inPlace(state.value(source.address)),
        (int) state.value(source.data),
        source.abort);
  }

  /** Signals the completion of a CMD_SYNC with CS=SIG_IRQ (4.7.3). */
  Optional<GlobalError> signal(VsmmuState state, SmmuCommand.Sync sync) {
    return deliver(state, sync.msiAddress(), sync.msiData(), GlobalError.MSI_CMDQ_ABT_ERR);
  }

  private Optional<GlobalError> deliver(
      VsmmuState state, long address, int data, GlobalError abort) {
    if (!state.ids().msi() || address == 0) {
      counters.intx();
      vmm.raiseInterrupt();
      return Optional.empty();
    }
    counters.msi();
    // Whether the address is 0 depends on the whole field, before it is truncated (4.7.3).
    long target = state.ids().truncateToOas(address);
    return memory.writeInt(target, data) || writtenByVmm(target, data)
        ? Optional.empty()
        : Optional.of(abort);
  }

  /** The target of an MSI (an ITS or a GICv2m) is not RAM, so the VMM has to write it. */
  private boolean writtenByVmm(long address, int data) {
    byte[] bytes = {(byte) data, (byte) (data >>> 8), (byte) (data >>> 16), (byte) (data >>> 24)};
    return vmm.dma().write(address, bytes);
  }
}
