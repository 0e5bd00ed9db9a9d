package io.vsmmu.platform.vmm;

import io.vsmmu.platform.Refusals;
import java.util.List;
import java.util.OptionalInt;

/**
 * Output address sizes of QEMU's own SMMU: 44 and 48 bits, whatever the host has (OasMode; others
 * are refused as "not implemented"). The host must have as many (hw/arm/smmuv3-accel.c,
 * smmuv3_accel_check_hw_compatible).
 */
final class QemuOas {

  private static final List<Integer> BITS = List.of(48, 44);

  private QemuOas() {}

  /** The most that QEMU shows on a host with so many bits; empty when it needs more. */
  static OptionalInt atMost(int hostBits) {
    return BITS.stream().filter(bits -> bits <= hostBits).mapToInt(Integer::intValue).findFirst();
  }

  static void check(PlacedVsmmu vsmmu, Refusals refusals) {
    vsmmu
        .properties()
        .oas()
        .ifPresent(
            bits ->
                refusals.unless(
                    atMost(bits).isPresent(),
                    "vsmmus[" + vsmmu.name() + "].oas",
                    Integer.toString(bits),
                    "at least 44 with QEMU's own SMMU, which shows 44 or 48 and refuses a host with"
                        + " fewer",
                    "use devices behind an SMMU with 44 bits or more, or our vSMMU, which shows"
                        + " what the host has"));
  }

  /** What is not as the host has it, one sentence each. */
  static List<String> notes(VmLayout layout) {
    return layout.vsmmus().stream()
        .filter(vsmmu -> vsmmu.properties().oas().isPresent())
        .filter(
            vsmmu -> {
              int bits = vsmmu.properties().oas().getAsInt();
              return atMost(bits).isPresent() && atMost(bits).getAsInt() != bits;
            })
        .map(
            vsmmu ->
                "%s shows %d bits of output addresses, not the host's %d: QEMU's SMMU has 44 and 48"
                    .formatted(
                        vsmmu.name(),
                        atMost(vsmmu.properties().oas().getAsInt()).getAsInt(),
                        vsmmu.properties().oas().getAsInt()))
        .toList();
  }
}
