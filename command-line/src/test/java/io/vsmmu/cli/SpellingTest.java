package io.vsmmu.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.cli.output.ExitCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** What is mistyped is answered with what may have been meant. */
@Tag("slow")
class SpellingTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          evnts g                  | there is no command 'evnts'; did you mean 'events'
          stat                     | 'state'
          vms lst                  | there is no command 'lst'; did you mean 'list'?
          devices atach g x 0x1    | 'attach'
          events g --tpye X        | there is no option '--tpye'; did you mean '--type'?
          events g --limt=3        | there is no option '--limt'; did you mean '--limit'?
          create g --oass 44       | '--oas'
          create g --ats onn       | 'onn' is not allowed; allowed: auto, on, off; did you mean 'on'
          replay g --mode event    | did you mean 'events'?
          import f --format qemu   | did you mean 'qemu-trace'?
          serve --host iomufd      | did you mean 'iommufd'?
          vsmmus -o jsn            | did you mean 'json'?
          help evnts               | there is no command 'evnts'; did you mean 'events'
          completion ksh           | allowed: bash, zsh, fish
          """)
  void near_names_are_told(String line, String told) {
    Invocation run = Invocation.of(line.strip().split(" "));

    assertThat(run.code()).isEqualTo(ExitCode.USAGE.value());
    assertThat(run.err()).contains(told);
    assertThat(run.out()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          vsmmus x      | 'x' is too much: the command takes nothing but options
          state g h     | 'h' is too much: the command takes only NAME
          event g 1 2   | '2' is too much: the command takes only NAME POSITION
          frobnicate    | there is no command 'frobnicate'
          """)
  void what_is_too_much_is_told_with_what_the_command_takes(String line, String told) {
    assertThat(Invocation.of(line.strip().split(" ")).err())
        .contains(told)
        .doesNotContain("Unmatched", "index", "did you mean");
  }

  @Test
  void a_swapped_pair_of_letters_in_any_command_or_option_is_found_again() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (CommandLine command : all(Invocation.commands()).toList()) {
      String path = command.getCommandSpec().qualifiedName().replaceFirst("^vsmmu ?", "");
      for (OptionSpec option : command.getCommandSpec().options()) {
        String name = option.longestName();
        String typed = swapped(name, random);
        if (!name.equals(typed) && command.getCommandSpec().optionsMap().get(typed) == null) {
          List<String> line = new ArrayList<>(List.of(path.split(" ")));
          line.removeIf(String::isEmpty);
          line.add(typed);
          assertThat(Invocation.of(line.toArray(String[]::new)).err())
              .as("seed %d, %s", seed, line)
              .contains("'" + name + "'");
        }
      }
    }
  }

  /** Two neighbours behind the dashes change places. */
  private static String swapped(String name, Random random) {
    int i = 2 + random.nextInt(name.length() - 3);
    char[] letters = name.toLowerCase(Locale.ROOT).toCharArray();
    char letter = letters[i];
    letters[i] = letters[i + 1];
    letters[i + 1] = letter;
    return new String(letters);
  }

  private static Stream<CommandLine> all(CommandLine command) {
    return Stream.concat(
        Stream.of(command), command.getSubcommands().values().stream().flatMap(SpellingTest::all));
  }
}
