package io.vsmmu.cli.command;

import io.vsmmu.host.simulated.FaultPlan;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;
import tools.jackson.databind.node.ObjectNode;

/** The option {@code --faults}, which makes calls of a simulated host fail. */
final class FaultsOption {

  @Option(
      names = "--faults",
      paramLabel = "TEXT",
      description =
          "Which calls of the simulated host fail: rules such as attach:2:EBUSY, with commas"
              + " between them.",
      converter = Converter.class)
  private @Nullable String faults;

  /** Takes what the simulated host understands. */
  static final class Converter implements ITypeConverter<String> {
    @Override
    public String convert(String text) {
      try {
        if (!FaultPlan.parse(text).rules().isEmpty()) {
          return text;
        }
      } catch (IllegalArgumentException malformed) {
        throw refused(text, "; " + malformed.getMessage());
      }
      throw refused(text, "");
    }

    private static TypeConversionException refused(String text, String why) {
      return new TypeConversionException(
          "'%s' is not allowed; allowed: rules as in attach:2:EBUSY%s".formatted(text, why));
    }
  }

  boolean isGiven() {
    return faults != null;
  }

  void addTo(ObjectNode body) {
    if (faults != null) {
      body.put("faults", faults);
    }
  }
}
