package io.vsmmu.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.cli.output.ExitCode;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * A value that an argument cannot have is refused before a service is asked, with the name of the
 * argument and what it can have.
 */
@Tag("slow")
class ArgumentLimitsTest {

  /** What a number out of its limits is answered with: the limits. */
  private static final Pattern LIMITS =
      Pattern.compile("allowed:.*?(0x[0-9a-f]+|[0-9]+) to (0x[0-9a-f]+|[0-9]+)");

  /** Values of positional parameters in front of the one that is tried. */
  private static final Map<String, String> POSITIONALS =
      Map.of("POSITION", "1", "FROM", "1", "TO", "2", "SID", "0x1", "ID", "1", "INDEX", "0");

  /** Labels of arguments whose values are numbers. */
  private static final Set<String> NUMBERS =
      Set.of(
          "N",
          "P",
          "NEXT",
          "POSITION",
          "SID",
          "ASID",
          "ADDRESS",
          "BYTES",
          "ID",
          "BITS",
          "STATUS",
          "BUS",
          "MIB",
          "PORT",
          "F",
          "OFFSET",
          "INDEX");

  /** An argument, and the words in front of its value. */
  private record Argument(List<String> words, ArgSpec argument) {

    String name() {
      return argument instanceof OptionSpec option ? option.longestName() : argument.paramLabel();
    }

    Invocation with(String value) {
      List<String> line = new ArrayList<>(words);
      if (argument instanceof OptionSpec option) {
        line.add(option.longestName() + "=" + value);
      } else {
        line.add("--");
        line.add(value);
      }
      return Invocation.of(line.toArray(String[]::new));
    }

    @Override
    public String toString() {
      return String.join(" ", words) + " " + name();
    }
  }

  static Stream<Argument> numbers() {
    return arguments()
        .filter(it -> NUMBERS.contains(it.argument().paramLabel()))
        .filter(it -> !it.name().equals("--listen"));
  }

  private static Stream<Argument> arguments() {
    return commands(Invocation.commands())
        .flatMap(command -> command.getCommandSpec().args().stream().map(it -> of(command, it)));
  }

  private static Argument of(CommandLine command, ArgSpec argument) {
    List<String> words =
        new ArrayList<>(Arrays.asList(command.getCommandSpec().qualifiedName().split(" ")));
    words.removeFirst();
    if (argument instanceof PositionalParamSpec positional) {
      for (PositionalParamSpec before : command.getCommandSpec().positionalParameters()) {
        if (before.index().min() < positional.index().min()) {
          words.add(POSITIONALS.getOrDefault(before.paramLabel(), "g"));
        }
      }
    }
    return new Argument(words, argument);
  }

  private static Stream<CommandLine> commands(CommandLine command) {
    return command.getSubcommands().isEmpty()
        ? Stream.of(command)
        : command.getSubcommands().values().stream().flatMap(ArgumentLimitsTest::commands);
  }

  @ParameterizedTest
  @MethodSource("numbers")
  void a_number_out_of_its_limits_is_a_wrong_argument(Argument argument) {
    List<String> wrong = new ArrayList<>(List.of("-1", "x", "", "1e3", "9".repeat(30), "0x"));
    Matcher limits = LIMITS.matcher(argument.with("x").err());
    if (limits.find()) {
      // A length of a page, a StreamID: the numbers beside the limits are refused, too.
      wrong.add(beside(limits.group(1), -1));
      wrong.add(beside(limits.group(2), 1));
    }
    for (String value : wrong) {
      Invocation run = argument.with(value);

      assertThat(run.code()).as("%s=%s: %s", argument, value, run.err()).isEqualTo(2);
      assertThat(run.err()).contains(argument.name(), "'" + value + "'", "allowed");
      assertThat(run.out()).isEmpty();
    }
  }

  private static String beside(String limit, int more) {
    boolean hexadecimal = limit.startsWith("0x");
    BigInteger next =
        new BigInteger(hexadecimal ? limit.substring(2) : limit, hexadecimal ? 16 : 10)
            .add(BigInteger.valueOf(more));
    return hexadecimal && next.signum() >= 0 ? "0x" + next.toString(16) : next.toString();
  }

  @Test
  void every_argument_of_a_numeric_type_is_tried_and_says_its_limits() {
    List<String> bare =
        arguments()
            .filter(it -> Number.class.isAssignableFrom(boxed(it.argument().type())))
            .filter(
                it ->
                    !NUMBERS.contains(it.argument().paramLabel())
                        || it.argument().converters().length == 0)
            .map(Argument::toString)
            .toList();

    assertThat(bare).isEmpty();
    assertThat(numbers()).hasSizeGreaterThan(50);
  }

  private static Class<?> boxed(Class<?> type) {
    return type == int.class ? Integer.class : type == long.class ? Long.class : type;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          why g 7 registers.CR0 --iova 1         | PATH | --iova
          why g 7 --sid 0x900                    | --sid | --iova
          why g 7 --asid 5                       | --asid | --iova
          step g 7 --entry 1                     | --entry | --to command
          step g 7 --entry 1 --to event          | --entry | --to command
          find g x==1 --limit 5                  | --limit | --all
          find g x==1 --all --buckets 5          | --buckets | --count
          find g x==1 --next 5 --from 1          | --from | --next
          find g x==1 --previous 5 --to 1        | --to | --previous
          find g x==1 --from 9 --to 8            | --to '8' | --from
          events g --around 5 --before 7         | --around | --before
          events g --fraction 0.5 --after 7      | --fraction | --after
          events g --fraction 1.5                | --fraction | 0 to 1
          events g --type StreamConfiguerd       | --type | StreamConfigured
          events g h --before 7                  | --before | one vSMMU
          invalidations g --size 4096            | --size | --va
          timeline g --from 9 --to 8             | --to '8' | --from
          compare g g --other-from 9 --other-to 8 | --other-to '8' | --other-from
          export g f --from 9 --to 8             | --to '8' | --from
          audit --from 2026-02-01T00:00:00Z --to 2026-01-01T00:00:00Z | --to | --from
          what-if g                              | --leave-out | --set
          what-if g --at 5 --set ril=off         | --at | --set
          what-if g --set rill=off               | rill | did you mean 'ril'?
          what-if g --set oas=47                 | --set oas | 47
          what-if g --set ats=perhaps            | --set ats | on, off or auto
          what-if g --faults atach:2:EBUSY       | --faults | attach
          replay g --faults attach:2             | --faults | attach:2
          replay g --device a=b                  | --device | --host local
          replay g --host local --faults attach:2:EBUSY | --faults | --host local
          replay g --mode commands --faults attach:2:EBUSY | --faults | --mode commands
          replay g --host remote                 | --host | simulated, local
          lint g --rule FAULTS                   | FAULTS | did you mean 'FAULT'
          lint g --rule FAULT,nope               | nope | COMMAND_REFUSED
          notes add g 7                          | TEXT | --bookmark
          notes add g 7 --bookmark a/b           | --bookmark | letters, digits
          create g --oas 47                      | --oas | 32, 36
          platform g --msi plic                  | --msi | its, gicv2m
          audit --method GET                     | --method | POST, PUT
          """)
  void arguments_that_have_no_meaning_together_are_wrong_and_named(
      String line, String named, String also) {
    Invocation run = Invocation.of(line.strip().split(" "));

    assertThat(run.code()).as(run.err()).isEqualTo(ExitCode.USAGE.value());
    assertThat(run.err()).contains(named.strip(), also.strip());
    assertThat(run.err().lines().findFirst().orElse("")).doesNotContain("\tat ");
    assertThat(run.out()).isEmpty();
  }
}
