package io.vsmmu.host;

import java.util.ArrayList;
import java.util.List;

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
  private record Check(IdField field, Rule rule, String remedy) {}

  private static final Rule AT_MOST = (vsmmu, host) -> vsmmu <= host;

  private static final List<Check> CHECKS =
      List.of(
          new Check(IdField.ST_LEVEL, AT_MOST, "show the guest linear stream tables only"),
          new Check(
              IdField.TTF,
              (vsmmu, host) ->
                  (host & AARCH64) != 0 && (vsmmu & AARCH64) != 0 && subset(vsmmu, host),
              "show AArch64 tables only (TTF 2); a host without them cannot back a vSMMU"),
          new Check(
              IdField.TTENDIAN,
              HostCompatibility::endianHolds,
              "show little-endian tables only (TTENDIAN 2); a big-endian host cannot back a vSMMU"),
          new Check(
              IdField.SIDSIZE,
              AT_MOST,
              "use a host SMMU with wider StreamIDs or show the guest a smaller SIDSIZE"),
          new Check(IdField.SSIDSIZE, AT_MOST, "set ssidsize to the host's value, or to auto"),
          new Check(IdField.RIL, AT_MOST, "set ril=off, or ril=auto"),
          new Check(IdField.ATS, AT_MOST, "set ats=off, or ats=auto"),
          new Check(IdField.GRAN4K, AT_MOST, "do not show the 4 KiB granule"),
          new Check(IdField.GRAN16K, AT_MOST, "do not show the 16 KiB granule"),
          new Check(IdField.GRAN64K, AT_MOST, "do not show the 64 KiB granule"));

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
                check.remedy));
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
        "use a device behind an Arm SMMUv3");
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
              "set oas to the host's value or less, or to auto"));
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
