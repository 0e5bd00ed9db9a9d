package io.vsmmu.platform.vmm;

import java.util.OptionalInt;

/**
 * The features of an SMMU that the guest sees, as options of a VMM's SMMU device.
 *
 * @param ats address translation services
 * @param ril range invalidation
 * @param oas output address size in bits, one of {@link CommandLineLimits#OUTPUT_ADDRESS_BITS};
 *     empty for the host's
 * @param ssidSize SubstreamID size in bits, 0 to {@value CommandLineLimits#SSID_BITS}; absent for
 *     the host's
 * @param cmdqv command queues that the hardware reads itself; OFF is left out for a QEMU that does
 *     not know the option, because it has no such queues
 */
public record SmmuOptions(
    OptionSetting ats,
    OptionSetting ril,
    OptionalInt oas,
    OptionalInt ssidSize,
    OptionSetting cmdqv) {

  /** The host's features, without command queues that the hardware reads itself. */
  public static final SmmuOptions AUTO =
      new SmmuOptions(
          OptionSetting.AUTO,
          OptionSetting.AUTO,
          OptionalInt.empty(),
          OptionalInt.empty(),
          OptionSetting.OFF);
}
