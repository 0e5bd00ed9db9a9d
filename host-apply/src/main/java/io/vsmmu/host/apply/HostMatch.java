package io.vsmmu.host.apply;

import io.vsmmu.host.Advice;
import io.vsmmu.host.HwInfo;
import io.vsmmu.host.Remedy;
import io.vsmmu.problem.Problem;
import io.vsmmu.smmu.spec.HostCompatibility;
import io.vsmmu.smmu.spec.HostDifference;
import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.spec.VsmmuProperties;
import io.vsmmu.smmu.spec.VsmmuProperties.Resolution;
import io.vsmmu.smmu.spec.VsmmuProperties.Resolution.Resolved;
import java.util.List;

/**
 * Decides whether a host can back a vSMMU by the rules of {@link HostCompatibility} and {@link
 * VsmmuProperties}, and chooses the advice for the operator where it cannot.
 */
public final class HostMatch {

  private HostMatch() {}

  /** The result of {@link #resolve}. */
  public sealed interface PropertyMatch {

    /**
     * The host can back the properties.
     *
     * @param values the values that the vSMMU shows
     */
    record Fits(Resolved values) implements PropertyMatch {}

    /**
     * The host cannot back the properties.
     *
     * @param problems all mismatches, at least one
     */
    record Refused(List<Problem> problems) implements PropertyMatch {

      public Refused {
        problems = List.copyOf(problems);
      }
    }
  }

  /**
   * Compares the ID registers that a vSMMU shows with a host.
   *
   * @param shown the vSMMU's ID registers
   * @param host the hw-info of a device
   * @return for each field that the host cannot back, the host's value as given and the vSMMU's as
   *     required; empty when the host can back the vSMMU
   */
  public static List<Problem> compare(IdRegisters shown, HwInfo host) {
    return host.dataType() == HwInfo.TYPE_ARM_SMMUV3
        ? problems(HostCompatibility.compare(shown, HostIds.read(host.ids())))
        : List.of(otherIommu(host));
  }

  /**
   * Resolves the properties that are {@code auto} by the host of a vSMMU's first device, and checks
   * the others against it.
   *
   * @param host the hw-info of the device
   */
  public static PropertyMatch resolve(VsmmuProperties properties, HwInfo host) {
    if (host.dataType() != HwInfo.TYPE_ARM_SMMUV3) {
      return new PropertyMatch.Refused(List.of(otherIommu(host)));
    }
    return switch (properties.resolve(HostIds.read(host.ids()))) {
      case Resolved values -> new PropertyMatch.Fits(values);
      case Resolution.Refused refused -> new PropertyMatch.Refused(problems(refused.differences()));
    };
  }

  private static List<Problem> problems(List<HostDifference> differences) {
    return differences.stream()
        .map(it -> new Problem(it.name(), it.found(), it.wanted(), advice(it).text()))
        .toList();
  }

  private static Remedy advice(HostDifference difference) {
    return switch (HostCompatibility.rule(difference.field()).source()) {
      case PROPERTY -> property(difference);
      case FIRST_DEVICE -> Advice.ATTACH_BEFORE_GUEST.with(difference.field().fullName());
      case FIXED -> Advice.USE_SMMU_WITH.with(difference.field().fullName());
    };
  }

  private static Remedy property(HostDifference difference) {
    return switch (difference.field()) {
      case ATS -> Advice.CREATE_WITHOUT_ATS.with();
      case RIL -> Advice.CREATE_WITHOUT_RIL.with();
      case OAS -> Advice.CREATE_WITH_OAS.with(difference.hostValue());
      case SSIDSIZE -> Advice.CREATE_WITH_SSIDSIZE.with(difference.hostValue());
      default ->
          throw new IllegalStateException("no property decides " + difference.field().fullName());
    };
  }

  private static Problem otherIommu(HwInfo host) {
    return new Problem(
        "data type",
        String.valueOf(host.dataType()),
        HwInfo.TYPE_ARM_SMMUV3 + " (ARM_SMMUV3)",
        Advice.USE_DEVICE_BEHIND_SMMU.with().text());
  }
}
