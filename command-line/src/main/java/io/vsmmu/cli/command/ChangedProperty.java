package io.vsmmu.cli.command;

import io.vsmmu.problem.NearNames;
import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.spec.OnOffAuto;
import io.vsmmu.smmu.spec.OutputAddressSize;
import io.vsmmu.smmu.spec.VsmmuProperties;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A property of a vSMMU that {@code what-if --set} changes, with the values that it can have. */
enum ChangedProperty {
  ATS(choices(), "on, off or auto"),
  RIL(choices(), "on, off or auto"),
  OAS(bits(OutputAddressSize.BITS.stream()), VsmmuProperties.OAS_ALLOWED),
  SSIDSIZE(
      bits(IntStream.rangeClosed(0, IdRegisters.MAX_SSID_BITS).boxed()),
      VsmmuProperties.SSID_SIZE_ALLOWED);

  private final List<String> values;
  private final String allowed;

  ChangedProperty(List<String> values, String allowed) {
    this.values = values;
    this.allowed = allowed;
  }

  private static List<String> choices() {
    return Arrays.stream(OnOffAuto.values()).map(OnOffAuto::toString).toList();
  }

  private static List<String> bits(Stream<Integer> sizes) {
    return Stream.concat(Stream.of(OnOffAuto.AUTO.toString()), sizes.map(String::valueOf)).toList();
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * What is wrong with a property and its value, for the one who wrote them; empty if nothing is.
   */
  static Optional<String> refusal(String name, String value) {
    List<String> names = Arrays.stream(values()).map(ChangedProperty::toString).toList();
    Optional<ChangedProperty> property =
        Arrays.stream(values()).filter(it -> it.toString().equals(name)).findFirst();
    if (property.isEmpty()) {
      return Optional.of(
          "--set: there is no property '%s'; allowed: %s%s"
              .formatted(name, String.join(", ", names), NearNames.question(name, names)));
    }
    return property
        .filter(it -> !it.values.contains(value.toLowerCase(Locale.ROOT)))
        .map(it -> "--set %s: '%s'; allowed: %s".formatted(name, value, it.allowed));
  }

  /** Each property with each of its values, for shells. */
  static final class Candidates implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      Function<ChangedProperty, Stream<String>> each =
          property -> property.values.stream().map(value -> property + "=" + value);
      return Arrays.stream(ChangedProperty.values()).flatMap(each).iterator();
    }
  }
}
