package io.vsmmu.platform.vmm;

import io.vsmmu.platform.Refusals;
import java.util.List;
import java.util.OptionalInt;

/**
 * The output address sizes of QEMU's own SMMU: 44 and 48 bits, independent of the host. QEMU
 * refuses other values as "not implemented" (OasMode), and a host whose SMMU has fewer bits than
 * the guest's (hw/arm/smmuv3-accel.c, smmuv3_accel_check_hw_compatible).
 */
final class QemuOas {

  private static final List<Integer> BITS = List.of(48, 44);

  private QemuOas() {}

  /**
   * The largest output address size that QEMU's SMMU can have on a host with {@code hostBits};
   * empty if both sizes are larger.
   */
  static OptionalInt atMost(int hostBits) {
    return BITS.stream().filter(bits -> bits <= hostBits).mapToInt(Integer::intValue).findFirst();
  }

  static void check(RootBusVsmmu vsmmu, Refusals refusals) {
    vsmmu
        .options()
        .oas()
        .ifPresent(
            bits ->
                refusals.unless(
                    atMost(bits).isPresent(),
                    "vsmmus[" + vsmmu.name() + "].oas",
                    Integer.toString(bits),
                    "at least 44 with QEMU's own SMMU, which shows 44 or 48 and refuses a host with"
                        + " fewer",
                    "use devices behind an SMMU with 44 bits or more, or the service's own"
                        + " vSMMU, which shows what the host has"));
  }

  /** A sentence for each vSMMU whose output address size is not the host's. */
  static List<String> notes(VmLayout layout) {
    return layout.vsmmus().stream()
        .filter(vsmmu -> vsmmu.options().oas().isPresent())
        .filter(
            vsmmu -> {
              int bits = vsmmu.options().oas().getAsInt();
              return atMost(bits).isPresent() && atMost(bits).getAsInt() != bits;
            })
        .map(
            vsmmu ->
                "%s shows %d bits of output addresses, not the host's %d: QEMU's SMMU has 44 and 48"
                    .formatted(
                        vsmmu.name(),
                        atMost(vsmmu.options().oas().getAsInt()).getAsInt(),
                        vsmmu.options().oas().getAsInt()))
        .toList();
  }
}
