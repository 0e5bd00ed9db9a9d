package io.vsmmu.host;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Whether a host can back what a vSMMU shows its guest. Pure: compares raw registers.
 *
 * <p>The guest's stage 1 tables and CDs are walked by the physical SMMU, so the vSMMU must not
 * promise what that one cannot do.
 */
public final class HostCompatibility {

  private static final int AARCH64 = 0b10;
  private static final int MIXED_ENDIAN = 0;
  private static final int LITTLE_ENDIAN = 2;

  /** How a vSMMU's field must relate to the host's. */
  private interface Rule {
    boolean holds(int vsmmu, int host);
  }

  /** One line of the table below. */
  private record Check(IdField field, Rule rule, Function<Integer, Remedy> remedy) {}

  private static final Rule AT_MOST = (vsmmu, host) -> vsmmu <= host;

  private static final List<Check> CHECKS =
      List.of(
          new Check(IdField.ST_LEVEL, AT_MOST, _ -> Advice.USE_SMMU_WITH.with("IDR0.ST_LEVEL")),
          new Check(
              IdField.TTF,
              (vsmmu, host) ->
                  (host & AARCH64) != 0 && (vsmmu & AARCH64) != 0 && subset(vsmmu, host),
              _ -> Advice.USE_SMMU_WITH.with("IDR0.TTF")),
          new Check(
              IdField.TTENDIAN,
              HostCompatibility::endianHolds,
              _ -> Advice.USE_SMMU_WITH.with("IDR0.TTENDIAN")),
          new Check(IdField.SIDSIZE, AT_MOST, _ -> Advice.USE_SMMU_WITH.with("IDR1.SIDSIZE")),
          new Check(IdField.SSIDSIZE, AT_MOST, Advice.CREATE_WITH_SSIDSIZE::with),
          new Check(IdField.RIL, AT_MOST, _ -> Advice.CREATE_WITHOUT_RIL.with()),
          new Check(IdField.ATS, AT_MOST, _ -> Advice.CREATE_WITHOUT_ATS.with()),
          new Check(IdField.GRAN4K, AT_MOST, _ -> Advice.SHOW_OTHER_GRANULES.with()),
          new Check(IdField.GRAN16K, AT_MOST, _ -> Advice.SHOW_OTHER_GRANULES.with()),
          new Check(IdField.GRAN64K, AT_MOST, _ -> Advice.SHOW_OTHER_GRANULES.with()));

  private HostCompatibility() {}

  /**
   * Compares what a vSMMU shows with a host.
   *
   * @param idr the vSMMU's IDR0 to IDR5 in order
   * @param host what {@code IOMMU_GET_HW_INFO} says of a device
   * @return all mismatches; empty when the host can back the vSMMU
   */
  public static List<Mismatch> compare(int[] idr, HwInfo host) {
    if (host.dataType() != HwInfo.TYPE_ARM_SMMUV3) {
      return List.of(wrongType(host));
    }
    int[] hostIdr = host.ids().idr();
    List<Mismatch> mismatches = new ArrayList<>();
    for (Check check : CHECKS) {
      int wanted = check.field.get(idr);
      int found = check.field.get(hostIdr);
      if (!check.rule.holds(wanted, found)) {
        mismatches.add(
            new Mismatch(
                check.field.fullName(),
                String.valueOf(wanted),
                String.valueOf(found),
                check.remedy.apply(found)));
      }
    }
    compareOas(IdField.OAS.get(idr), IdField.OAS.get(hostIdr), mismatches);
    return List.copyOf(mismatches);
  }

  static Mismatch wrongType(HwInfo host) {
    return new Mismatch(
        "data type",
        HwInfo.TYPE_ARM_SMMUV3 + " (ARM_SMMUV3)",
        String.valueOf(host.dataType()),
        Advice.USE_DEVICE_BEHIND_SMMU.with());
  }

  private static void compareOas(int wanted, int found, List<Mismatch> mismatches) {
    int wantedBits = IdField.oasBits(wanted);
    int foundBits = IdField.oasBits(found);
    if (wantedBits == 0 || wantedBits > foundBits) {
      mismatches.add(
          new Mismatch(
              IdField.OAS.fullName(),
              oasText(wanted),
              oasText(found),
              foundBits == 0
                  ? Advice.USE_SMMU_WITH.with(IdField.OAS.fullName())
                  : Advice.CREATE_WITH_OAS.with(foundBits)));
    }
  }

  private static String oasText(int encoded) {
    int bits = IdField.oasBits(encoded);
    return bits == 0 ? "reserved encoding " + encoded : bits + " bits";
  }

  private static boolean subset(int vsmmu, int host) {
    return (vsmmu & ~host) == 0;
  }

  private static boolean endianHolds(int vsmmu, int host) {
    return host == MIXED_ENDIAN
        ? vsmmu == MIXED_ENDIAN || vsmmu == LITTLE_ENDIAN
        : host == LITTLE_ENDIAN && vsmmu == LITTLE_ENDIAN;
  }
}
