package io.vsmmu.host.apply;

import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.spec.InvalidationRange;
import io.vsmmu.smmu.spec.SmmuCommand;
import io.vsmmu.smmu.spec.TlbInvalidation;

/**
 * A guest's command as the kernel takes it: reserved bits, which the architecture ignores and the
 * kernel refuses, are cleared; without IDR3.RIL the range fields are reserved.
 */
final class HostEntry {

  private HostEntry() {}

  static CommandEntry of(CommandEntry guest, IdRegisters ids) {
    SmmuCommand command = SmmuCommand.decode(guest);
    if (ids.rangeInvalidation()) {
      return command.encode();
    }
    return switch (command) {
      case TlbInvalidation.Va va ->
          new TlbInvalidation.Va(va.opcode(), va.vmid(), va.asid(), single(va.range())).encode();
      case TlbInvalidation.Vaa vaa ->
          new TlbInvalidation.Vaa(vaa.opcode(), vaa.vmid(), single(vaa.range())).encode();
      default -> command.encode();
    };
  }

  private static InvalidationRange single(InvalidationRange range) {
    return InvalidationRange.single(range.address(), range.leaf());
  }
}
