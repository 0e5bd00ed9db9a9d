package io.vsmmu.host;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * What an operator asks of a vSMMU that depends on the host.
 *
 * @param ats address translation services
 * @param ril range invalidation
 * @param oas output address size in bits, one of 32, 36, 40, 42, 44, 48, 52, 56; empty for auto
 * @param ssidSize SubstreamID width in bits, 0..{@value #MAX_SSID_SIZE}; empty for auto
 */
public record VsmmuProperties(OnOffAuto ats, OnOffAuto ril, OptionalInt oas, OptionalInt ssidSize) {

  /** Widest SubstreamID in bits (IHI 0070, 6.3.2). */
  public static final int MAX_SSID_SIZE = 20;

  private static final String OAS_ALLOWED = "32, 36, 40, 42, 44, 48, 52, 56 or auto";
  private static final String SSID_ALLOWED = "0.." + MAX_SSID_SIZE + " or auto";

  public VsmmuProperties {
    if (oas.isPresent() && IdField.oasEncoding(oas.getAsInt()) < 0) {
      throw refuse("oas", String.valueOf(oas.getAsInt()), OAS_ALLOWED);
    }
    if (ssidSize.isPresent() && (ssidSize.getAsInt() < 0 || ssidSize.getAsInt() > MAX_SSID_SIZE)) {
      throw refuse("ssidsize", String.valueOf(ssidSize.getAsInt()), SSID_ALLOWED);
    }
  }

  /** What {@link #resolve} gives. */
  public sealed interface Resolution {

    /**
     * The values the vSMMU shows from here on.
     *
     * @param ats whether IDR0.ATS is 1
     * @param ril whether IDR3.RIL is 1
     * @param oas output address size in bits
     * @param ssidSize IDR1.SSIDSIZE
     */
    record Resolved(boolean ats, boolean ril, int oas, int ssidSize) implements Resolution {}

    /**
     * The host cannot back what was asked for.
     *
     * @param mismatches at least one
     */
    record Refused(List<Mismatch> mismatches) implements Resolution {

      public Refused {
        mismatches = List.copyOf(mismatches);
      }
    }
  }

  /** Everything from the host. */
  public static VsmmuProperties auto() {
    return new VsmmuProperties(
        OnOffAuto.AUTO, OnOffAuto.AUTO, OptionalInt.empty(), OptionalInt.empty());
  }

  /**
   * Resolves {@code auto} by the host of the first device attached, and checks the rest against it.
   */
  public Resolution resolve(HwInfo host) {
    if (host.dataType() != HwInfo.TYPE_ARM_SMMUV3) {
      return new Resolution.Refused(List.of(HostCompatibility.wrongType(host)));
    }
    int[] idr = host.ids().idr();
    List<Mismatch> mismatches = new ArrayList<>();
    boolean shownAts =
        flag("ats", ats, IdField.ATS.get(idr) == 1, Advice.CREATE_WITHOUT_ATS, mismatches);
    boolean shownRil =
        flag("ril", ril, IdField.RIL.get(idr) == 1, Advice.CREATE_WITHOUT_RIL, mismatches);
    int shownOas =
        size("oas", oas, IdField.oasBits(IdField.OAS.get(idr)), Advice.CREATE_WITH_OAS, mismatches);
    int hostSsidSize = Math.min(IdField.SSIDSIZE.get(idr), MAX_SSID_SIZE);
    int shownSsidSize =
        size("ssidsize", ssidSize, hostSsidSize, Advice.CREATE_WITH_SSIDSIZE, mismatches);
    return mismatches.isEmpty()
        ? new Resolution.Resolved(shownAts, shownRil, shownOas, shownSsidSize)
        : new Resolution.Refused(mismatches);
  }

  private static boolean flag(
      String field, OnOffAuto setting, boolean host, Advice advice, List<Mismatch> mismatches) {
    if (setting == OnOffAuto.ON && !host) {
      mismatches.add(new Mismatch(field, "on", "off", advice.with()));
    }
    return setting != OnOffAuto.OFF && host;
  }

  private static int size(
      String field, OptionalInt setting, int host, Advice advice, List<Mismatch> mismatches) {
    int wanted = setting.orElse(host);
    if (wanted > host) {
      mismatches.add(
          new Mismatch(field, String.valueOf(wanted), String.valueOf(host), advice.with(host)));
    }
    return wanted;
  }

  private static IllegalArgumentException refuse(String field, String value, String allowed) {
    return new IllegalArgumentException("%s: '%s', allowed is %s".formatted(field, value, allowed));
  }
}
