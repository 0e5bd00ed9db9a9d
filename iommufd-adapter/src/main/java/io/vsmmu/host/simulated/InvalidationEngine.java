package io.vsmmu.host.simulated;

import io.vsmmu.host.InvalidationBatch;
import io.vsmmu.host.InvalidationReport;
import io.vsmmu.host.simulated.FaultInjector.EntryFault;
import io.vsmmu.posix.Errno;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Converts and issues invalidation commands block by block, and reports failures as the kernel
 * does: see {@link InvalidationModel}.
 */
final class InvalidationEngine {

  private final KernelObject.Viommu viommu;
  private final InvalidationModel model;

  InvalidationEngine(KernelObject.Viommu viommu, InvalidationModel model) {
    this.viommu = viommu;
    this.model = model;
  }

  /** Carries out the batch; {@code fault} makes the command at its index fail. */
  InvalidationReport run(InvalidationBatch batch, @Nullable EntryFault fault) {
    if (batch.size() == 0) {
      return switch (model) {
        case LINUX_7_3 -> InvalidationReport.failed(Errno.EINVAL, 0);
        case WHOLE_BLOCKS -> InvalidationReport.complete(0);
      };
    }
    int issued = 0;
    for (int current = 0; current < batch.size(); current++) {
      Optional<Errno> refused = refusal(batch, current, fault);
      if (refused.isPresent()) {
        int entryNum =
            switch (model) {
              case LINUX_7_3 -> current;
              case WHOLE_BLOCKS -> issued;
            };
        return InvalidationReport.failed(refused.get(), entryNum);
      }
      int converted = current + 1;
      if (converted == batch.size() || converted - issued == InvalidationReport.BLOCK_ENTRIES) {
        issue(batch, issued, converted);
        issued = converted;
      }
    }
    return InvalidationReport.complete(batch.size());
  }

  private Optional<Errno> refusal(InvalidationBatch batch, int index, @Nullable EntryFault fault) {
    if (fault != null && fault.entry() == index) {
      return Optional.of(fault.errno());
    }
    long word0 = batch.word0(index);
    boolean known =
        !InvalidationRules.hasStreamId(InvalidationRules.opcode(word0))
            || viommu.vdevices.containsKey(InvalidationRules.streamId(word0));
    return known && viommu.rules.allows(word0, batch.word1(index), model)
        ? Optional.empty()
        : Optional.of(Errno.EIO);
  }

  private void issue(InvalidationBatch batch, int from, int to) {
    for (int index = from; index < to; index++) {
      long word0 = batch.word0(index);
      long word1 = batch.word1(index);
      viommu.issued.append(word0, word1, hostWord0(word0), word1);
    }
  }

  private long hostWord0(long word0) {
    int opcode = InvalidationRules.opcode(word0);
    if (opcode == InvalidationRules.TLBI_NSNH_ALL) {
      return InvalidationRules.TLBI_NH_ALL | vmid();
    }
    if (!InvalidationRules.hasStreamId(opcode)) {
      return (word0 & ~InvalidationRules.VMID) | vmid();
    }
    KernelObject.Vdevice vdevice = viommu.vdevices.get(InvalidationRules.streamId(word0));
    if (vdevice == null) {
      throw new IllegalStateException("a command for an unknown vSID was accepted");
    }
    long streamId = vdevice.device.config.streamIds().getFirst();
    return (word0 & ~InvalidationRules.SID) | streamId << InvalidationRules.SID_SHIFT;
  }

  private long vmid() {
    return (long) viommu.parent.vmid << InvalidationRules.VMID_SHIFT;
  }
}
