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
  private static final int STALL_OR_TERMINATE = 0;
  private static final int TERMINATE = 1;

  /** How a vSMMU's field must relate to the host's. */
  private interface Rule {
    boolean holds(int vsmmu, int host);
  }

  /** One line of the table below. */
  private record Check(IdField field, Rule rule, Function<Integer, Remedy> remedy) {}

  private static final Rule AT_MOST = (vsmmu, host) -> vsmmu <= host;

  private static final List<Check> CHECKS =
      List.of(
          unchanging(IdField.ST_LEVEL, AT_MOST),
          unchanging(
              IdField.TTF,
              (vsmmu, host) ->
                  (host & AARCH64) != 0 && (vsmmu & AARCH64) != 0 && subset(vsmmu, host)),
          unchanging(IdField.TTENDIAN, HostCompatibility::endianHolds),
          unchanging(IdField.SIDSIZE, AT_MOST),
          new Check(IdField.SSIDSIZE, AT_MOST, Advice.CREATE_WITH_SSIDSIZE::with),
          new Check(IdField.RIL, AT_MOST, _ -> Advice.CREATE_WITHOUT_RIL.with()),
          new Check(IdField.ATS, AT_MOST, _ -> Advice.CREATE_WITHOUT_ATS.with()),
          walked(IdField.ASID16),
          walked(IdField.COHACC),
          walked(IdField.HAD),
          walked(IdField.BBML),
          walked(IdField.GRAN4K),
          walked(IdField.GRAN16K),
          walked(IdField.GRAN64K),
          unchanging(IdField.HTTU, AT_MOST),
          unchanging(IdField.CD2L, AT_MOST),
          unchanging(IdField.DS, AT_MOST),
          unchanging(IdField.VAX, AT_MOST),
          // A guest that sees 0 may ask for RAZ/WI, CD.A = 0, which is ILLEGAL where it is 1
          // (5.4.1).
          unchanging(IdField.TERM_MODEL, (vsmmu, host) -> vsmmu >= host),
          unchanging(IdField.STALL_MODEL, HostCompatibility::stallHolds));

  private HostCompatibility() {}

  /** What a vSMMU takes from its first device's SMMU, because that one walks the guest's tables. */
  private static Check walked(IdField field) {
    return new Check(field, AT_MOST, _ -> Advice.ATTACH_BEFORE_GUEST.with(field.fullName()));
  }

  /** What a vSMMU shows whatever its host has. */
  private static Check unchanging(IdField field, Rule rule) {
    return new Check(field, rule, _ -> Advice.USE_SMMU_WITH.with(field.fullName()));
  }

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
    if (wantedBits > foundBits) {
      mismatches.add(
          new Mismatch(
              IdField.OAS.fullName(),
              wantedBits + " bits",
              foundBits + " bits",
              Advice.CREATE_WITH_OAS.with(foundBits)));
    }
  }

  private static boolean subset(int vsmmu, int host) {
    return (vsmmu & ~host) == 0;
  }

  /**
   * Stalling is part of the guest's CDs and STEs: where the host has a choice, a vSMMU may show
   * that faults terminate; where it forces one of the two, the guest has to know (6.3.1, 5.4.1).
   */
  private static boolean stallHolds(int vsmmu, int host) {
    return vsmmu == host || (host == STALL_OR_TERMINATE && vsmmu == TERMINATE);
  }

  private static boolean endianHolds(int vsmmu, int host) {
    return host == MIXED_ENDIAN
        ? vsmmu == MIXED_ENDIAN || vsmmu == LITTLE_ENDIAN
        : host == LITTLE_ENDIAN && vsmmu == LITTLE_ENDIAN;
  }
}
