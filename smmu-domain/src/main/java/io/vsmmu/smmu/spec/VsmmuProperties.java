package io.vsmmu.smmu.spec;

import io.vsmmu.problem.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What an operator chose for a vSMMU when it was created. A stored log may hold sizes that {@link
 * #outsideLimits} would refuse, so the constructor does not check them.
 *
 * @param ats IDR0.ATS
 * @param ril IDR3.RIL
 * @param oas output address size in bits, one of {@link OutputAddressSize#BITS}, or {@link #AUTO}
 * @param ssidSize IDR1.SSIDSIZE in bits, 0..{@value IdRegisters#MAX_SSID_BITS}, or {@link #AUTO}
 * @param msi IDR0.MSI; AUTO is resolved by how the VMM shares guest memory, not by the host
 * @param hardwareQueues whether the guest may have command queues that the log does not see
 */
public record VsmmuProperties(
    OnOffAuto ats,
    OnOffAuto ril,
    int oas,
    int ssidSize,
    OnOffAuto msi,
    HardwareQueues hardwareQueues) {

  /** In place of a size: the vSMMU shows the size that the host's SMMU has. */
  public static final int AUTO = -1;

  /** Everything as the host, or the VMM, has it. */
  public static final VsmmuProperties ALL_AUTO =
      new VsmmuProperties(OnOffAuto.AUTO, OnOffAuto.AUTO, AUTO, AUTO, OnOffAuto.AUTO);

  /** The sizes that {@code oas} may have, for an operator. */
  public static final String OAS_ALLOWED = "auto or one of " + OutputAddressSize.BITS;

  /** The sizes that {@code ssidsize} may have, for an operator. */
  public static final String SSID_SIZE_ALLOWED = "auto or 0 to " + IdRegisters.MAX_SSID_BITS;

  /** Properties without hardware queues. */
  public VsmmuProperties(OnOffAuto ats, OnOffAuto ril, int oas, int ssidSize, OnOffAuto msi) {
    this(ats, ril, oas, ssidSize, msi, HardwareQueues.OFF);
  }

  /**
   * A size that no vSMMU can show.
   *
   * @param property its name in requests
   * @param given the value
   * @param allowed what it may be
   */
  public record OutsideLimits(String property, int given, String allowed) {}

  /** The result of {@link #resolve}. */
  public sealed interface Resolution {

    /**
     * The values that the vSMMU shows from its first device on.
     *
     * @param ats IDR0.ATS
     * @param ril IDR3.RIL
     * @param oas output address size in bits
     * @param ssidSize IDR1.SSIDSIZE in bits
     */
    record Resolved(boolean ats, boolean ril, int oas, int ssidSize) implements Resolution {

      /**
       * The ID registers from the first device on.
       *
       * @param shown what they were before
       * @param host the first device's SMMU's
       */
      public IdRegisters applyTo(IdRegisters shown, IdRegisters host) {
        return HostCompatibility.lowerToHost(
            shown.withAts(ats).withRangeInvalidation(ril).withOasBits(oas).withSsidSize(ssidSize),
            host);
      }
    }

    /**
     * The host cannot back what was asked for.
     *
     * @param differences all of them, at least one
     */
    record Refused(List<HostDifference> differences) implements Resolution {

      public Refused {
        differences = List.copyOf(differences);
      }
    }
  }

  /** The same with another choice of hardware queues. */
  public VsmmuProperties with(HardwareQueues choice) {
    return new VsmmuProperties(ats, ril, oas, ssidSize, msi, choice);
  }

  /** The first size that no vSMMU can show; empty when a vSMMU can have these properties. */
  public Optional<Problem> outsideLimits() {
    if (oas != AUTO && !OutputAddressSize.exists(oas)) {
      return Optional.of(new Problem("oas", String.valueOf(oas), OAS_ALLOWED));
    }
    return ssidSize == AUTO || IdField.SSIDSIZE.allows(ssidSize)
        ? Optional.empty()
        : Optional.of(new Problem("ssidsize", String.valueOf(ssidSize), SSID_SIZE_ALLOWED));
  }

  /**
   * The ID registers that a vSMMU shows until its first device resolves what is {@code auto}: stage
   * 1 only, and of what depends on the host the value that most hosts have.
   */
  public IdRegisters shownBeforeHost() {
    IdRegisters ids =
        IdRegisters.DEFAULT
            .withStage2(false)
            .withMsi(msi == OnOffAuto.ON)
            .withAts(ats == OnOffAuto.ON)
            .withRangeInvalidation(ril != OnOffAuto.OFF);
    ids = oas == AUTO ? ids : ids.withOasBits(oas);
    return ssidSize == AUTO ? ids : ids.withSsidSize(ssidSize);
  }

  /**
   * Resolves {@code auto} by a host, and checks the rest against it. MSI and hardware queues are no
   * matter of the host's ID registers.
   *
   * @param host the ID registers of the physical SMMU before the first device
   */
  public Resolution resolve(IdRegisters host) {
    List<HostDifference> differences = new ArrayList<>();
    boolean shownAts = feature("ats", IdField.ATS, ats, host, differences);
    boolean shownRil = feature("ril", IdField.RIL, ril, host, differences);
    int shownOas = size("oas", IdField.OAS, oas, host.oasBits(), differences);
    int hostSsidSize = Math.min(host.ssidSize(), IdRegisters.MAX_SSID_BITS);
    int shownSsidSize = size("ssidsize", IdField.SSIDSIZE, ssidSize, hostSsidSize, differences);
    return differences.isEmpty()
        ? new Resolution.Resolved(shownAts, shownRil, shownOas, shownSsidSize)
        : new Resolution.Refused(differences);
  }

  private static boolean feature(
      String name,
      IdField field,
      OnOffAuto chosen,
      IdRegisters host,
      List<HostDifference> differences) {
    boolean there = host.isSet(field);
    if (chosen == OnOffAuto.ON && !there) {
      differences.add(
          new HostDifference(name, field, OnOffAuto.ON.toString(), OnOffAuto.OFF.toString(), 0));
    }
    return chosen != OnOffAuto.OFF && there;
  }

  private static int size(
      String name, IdField field, int chosen, int host, List<HostDifference> differences) {
    int shown = chosen == AUTO ? host : chosen;
    if (shown > host) {
      differences.add(
          new HostDifference(name, field, String.valueOf(shown), String.valueOf(host), host));
    }
    return shown;
  }
}
