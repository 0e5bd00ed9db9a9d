package io.vsmmu.host.apply;

import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.spec.InvalidationRange;
import io.vsmmu.smmu.spec.SmmuCommand;
import io.vsmmu.smmu.spec.TlbInvalidation;

/**
 * A guest's command as the kernel takes it: reserved bits, which the architecture ignores and the
 * kernel refuses, are cleared. Without IDR3.RIL the range fields are reserved; TTL128 always is,
 * because no vSMMU shows 128-bit descriptors.
 */
final class HostEntry {

  private HostEntry() {}

  static CommandEntry of(CommandEntry guest, IdRegisters ids) {
    return switch (SmmuCommand.decode(guest)) {
      case TlbInvalidation.Va va ->
          new TlbInvalidation.Va(va.opcode(), va.vmid(), va.asid(), range(va.range(), ids))
              .encode();
      case TlbInvalidation.Vaa vaa ->
          new TlbInvalidation.Vaa(vaa.opcode(), vaa.vmid(), range(vaa.range(), ids)).encode();
      case SmmuCommand command -> command.encode();
    };
  }

  private static InvalidationRange range(InvalidationRange guest, IdRegisters ids) {
    return ids.rangeInvalidation()
        ? new InvalidationRange(
            guest.address(),
            guest.leaf(),
            guest.tg(),
            guest.ttl(),
            false,
            guest.scale(),
            guest.num())
        : InvalidationRange.single(guest.address(), guest.leaf());
  }
}
