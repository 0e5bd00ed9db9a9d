package io.vsmmu.cli.command;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * The options and labels behind the members of a request. The service refuses {@code otherFrom};
 * the person who wrote {@code --other-from} is to read that.
 */
final class ArgumentNames {

  private final CommandSpec command;
  private final Map<String, String> others;

  /**
   * @param others options and labels by the names in the request that do not resemble them
   */
  ArgumentNames(CommandSpec command, Map<String, String> others) {
    this.command = command;
    this.others = others;
  }

  /**
   * The option or the label of the positional parameter whose value a request has under a name; the
   * name itself if there is none.
   *
   * @param field such as {@code at}, {@code properties.oas} or {@code devices[1]}
   */
  String of(String field) {
    String whole = field.replaceFirst("\\[[0-9]+]$", "");
    List<String> parts = List.of(whole.split("\\.", -1));
    return Stream.of(whole, parts.getLast(), parts.getFirst())
        .flatMap(name -> argument(name).stream())
        .findFirst()
        .orElse(field);
  }

  private Optional<String> argument(String name) {
    return Optional.ofNullable(others.get(name))
        .or(
            () ->
                command.options().stream()
                    .map(OptionSpec::longestName)
                    .filter(option -> option.replace("-", "").equalsIgnoreCase(name))
                    .findFirst())
        .or(
            () ->
                command.positionalParameters().stream()
                    .map(PositionalParamSpec::paramLabel)
                    .filter(label -> label.equalsIgnoreCase(name))
                    .findFirst());
  }
}
