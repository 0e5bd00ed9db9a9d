package io.vsmmu.control.whatif;

import io.vsmmu.control.request.RequestRefusedException;
import io.vsmmu.control.request.RequestRefusedException.Kind;
import io.vsmmu.smmu.spec.HostDifference;
import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.spec.OnOffAuto;
import io.vsmmu.smmu.spec.VsmmuProperties;
import io.vsmmu.smmu.spec.VsmmuProperties.Resolution;
import io.vsmmu.smmu.stimulus.Stimulus.AttachDevice;
import io.vsmmu.smmu.stimulus.Stimulus.Create;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Properties of a vSMMU that are changed in a replay. They take effect when the vSMMU is created
 * and its devices are attached.
 *
 * @param ats IDR0.ATS; empty if it stays
 * @param ril IDR3.RIL; empty if it stays
 * @param oas output address size in bits, or {@link VsmmuProperties#AUTO}; empty if it stays
 * @param ssidSize IDR1.SSIDSIZE in bits, or {@link VsmmuProperties#AUTO}; empty if it stays
 */
public record PropertyChanges(
    Optional<OnOffAuto> ats, Optional<OnOffAuto> ril, OptionalInt oas, OptionalInt ssidSize) {

  /** No property is changed. */
  public static final PropertyChanges NONE =
      new PropertyChanges(
          Optional.empty(), Optional.empty(), OptionalInt.empty(), OptionalInt.empty());

  /** Whether no property is changed. */
  public boolean isEmpty() {
    return equals(NONE);
  }

  /** The changes as text, such as {@code ril=off, oas=44}. */
  String text() {
    List<String> changes = new ArrayList<>();
    ats.ifPresent(value -> changes.add("ats=" + value));
    ril.ifPresent(value -> changes.add("ril=" + value));
    oas.ifPresent(value -> changes.add("oas=" + size(value)));
    ssidSize.ifPresent(value -> changes.add("ssidsize=" + size(value)));
    return String.join(", ", changes);
  }

  private static String size(int bits) {
    return bits == VsmmuProperties.AUTO ? "auto" : String.valueOf(bits);
  }

  private VsmmuProperties applyTo(VsmmuProperties recorded) {
    return new VsmmuProperties(
        ats.orElse(recorded.ats()),
        ril.orElse(recorded.ril()),
        oas.orElse(recorded.oas()),
        ssidSize.orElse(recorded.ssidSize()),
        recorded.msi(),
        recorded.hardwareQueues());
  }

  /** The creation with these properties, and with the ID registers that follow from them. */
  Create applyTo(Create recorded) {
    VsmmuProperties properties = applyTo(recorded.properties());
    IdRegisters ids = recorded.ids();
    IdRegisters shown = properties.shownBeforeHost();
    ids = ats.isPresent() ? ids.withAts(shown.ats()) : ids;
    ids = ril.isPresent() ? ids.withRangeInvalidation(shown.rangeInvalidation()) : ids;
    ids = oas.isPresent() ? ids.withOasBits(shown.oasBits()) : ids;
    ids = ssidSize.isPresent() ? ids.withSsidSize(shown.ssidSize()) : ids;
    return new Create(recorded.origin(), recorded.durability(), properties, ids, recorded.vm());
  }

  /**
   * The attachment with the ID registers that a vSMMU with these properties shows.
   *
   * @param created the properties of the vSMMU in this replay
   * @throws RequestRefusedException if the recorded host cannot back the properties
   */
  AttachDevice applyTo(AttachDevice recorded, VsmmuProperties created) {
    return switch (created.resolve(recorded.device().hostIds())) {
      case Resolution.Refused(List<HostDifference> differences) ->
          throw new RequestRefusedException(
              Kind.HOST_REFUSED,
              "set",
              text(),
              "properties that the recorded host of %s has: %s"
                  .formatted(
                      recorded.device().address(),
                      String.join(", ", differences.stream().map(PropertyChanges::text).toList())));
      case Resolution.Resolved resolved ->
          new AttachDevice(
              recorded.streamId(),
              recorded.device(),
              recorded.ats(),
              applyTo(recorded.resolved(), resolved),
              recorded.fetch());
    };
  }

  private IdRegisters applyTo(IdRegisters recorded, Resolution.Resolved resolved) {
    IdRegisters ids = recorded;
    ids = ats.isPresent() ? ids.withAts(resolved.ats()) : ids;
    ids = ril.isPresent() ? ids.withRangeInvalidation(resolved.ril()) : ids;
    ids = oas.isPresent() ? ids.withOasBits(resolved.oas()) : ids;
    return ssidSize.isPresent() ? ids.withSsidSize(resolved.ssidSize()) : ids;
  }

  private static String text(HostDifference difference) {
    return "%s %s, where the host has %s"
        .formatted(difference.name(), difference.wanted(), difference.found());
  }
}
