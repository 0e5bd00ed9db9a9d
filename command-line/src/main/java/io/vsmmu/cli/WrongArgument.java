package io.vsmmu.cli;

import io.vsmmu.problem.NearNames;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Says what is wrong with the arguments of a command, with the names that its help uses. */
final class WrongArgument {

  private static final String OPTION = "-";

  private WrongArgument() {}

  /** One line that says what is wrong and which known names are close to a mistyped one. */
  static String message(ParameterException wrong) {
    return switch (wrong) {
      case UnmatchedArgumentException unmatched when !unmatched.getUnmatched().isEmpty() ->
          unknown(unmatched.getCommandLine(), unmatched.getUnmatched().getFirst());
      case MissingParameterException missing when !missing.getMissing().isEmpty() -> {
        // picocli reports what is missing first; usually a mistyped option is the reason.
        List<String> unmatched = missing.getCommandLine().getUnmatchedArguments();
        yield unmatched.isEmpty()
            ? missing(missing.getMissing())
            : unknown(missing.getCommandLine(), unmatched.getFirst());
      }
      default -> String.valueOf(wrong.getMessage());
    };
  }

  private static String unknown(CommandLine command, String given) {
    CommandSpec spec = command.getCommandSpec();
    if (given.startsWith(OPTION)) {
      String option = given.split("=", 2)[0];
      return "there is no option '%s'%s"
          .formatted(option, NearNames.question(option, options(spec)));
    }
    if (!spec.subcommands().isEmpty()) {
      return "there is no command '%s'%s"
          .formatted(given, NearNames.question(given, spec.subcommands().keySet()));
    }
    return "'%s' is too much: the command takes %s".formatted(given, parameters(spec));
  }

  private static Set<String> options(CommandSpec spec) {
    return spec.options().stream()
        .filter(option -> !option.hidden())
        .map(OptionSpec::longestName)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static String parameters(CommandSpec spec) {
    return spec.positionalParameters().isEmpty()
        ? "nothing but options"
        : "only "
            + spec.positionalParameters().stream()
                .map(PositionalParamSpec::paramLabel)
                .collect(Collectors.joining(" "));
  }

  private static String missing(List<ArgSpec> missing) {
    String names =
        missing.stream()
            .map(
                argument ->
                    argument instanceof OptionSpec option
                        ? option.longestName()
                        : argument.paramLabel())
            .collect(Collectors.joining(" and "));
    return names + (missing.size() == 1 ? " is missing" : " are missing");
  }
}
