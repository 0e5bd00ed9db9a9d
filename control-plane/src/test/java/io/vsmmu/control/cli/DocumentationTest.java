package io.vsmmu.control.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.control.cli.outcome.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

class DocumentationTest {

  private static final Path PAGE = Path.of("../docs/cli.md");

  @Test
  void every_command_has_a_section_with_each_of_its_options_and_parameters() throws IOException {
    String page = Files.readString(PAGE);
    for (CommandLine command : leaves(Invocation.commands()).toList()) {
      String name = command.getCommandSpec().qualifiedName().replaceFirst("^vsmmu ", "");
      assertThat(page).contains("\n### " + name + "\n");
      String section = page.split("\n### " + name + "\n", 2)[1].split("\n##", 2)[0];
      for (OptionSpec option : command.getCommandSpec().options()) {
        if (!option.usageHelp() && !option.versionHelp() && !isCommon(option)) {
          assertThat(section).as(name).contains("`" + option.longestName());
        }
      }
      for (PositionalParamSpec parameter : command.getCommandSpec().positionalParameters()) {
        assertThat(section).as(name).contains(parameter.paramLabel());
      }
    }
  }

  @Test
  void no_section_is_about_a_command_that_is_not_there() throws IOException {
    List<String> documented =
        Files.readString(PAGE)
            .lines()
            .filter(l -> l.startsWith("### "))
            .map(l -> l.substring(4))
            .toList();

    assertThat(new TreeSet<>(documented))
        .isEqualTo(
            new TreeSet<>(
                leaves(Invocation.commands())
                    .map(c -> c.getCommandSpec().qualifiedName().replaceFirst("^vsmmu ", ""))
                    .toList()));
  }

  @Test
  void every_exit_code_is_documented() throws IOException {
    String page = Files.readString(PAGE);

    Arrays.stream(ExitCode.values())
        .forEach(
            code ->
                assertThat(page).contains("| %d | %s |".formatted(code.value(), code.meaning())));
  }

  /** Documented once for all of them. */
  private static boolean isCommon(OptionSpec option) {
    return option.longestName().equals("--url") || option.longestName().equals("--output");
  }

  private static Stream<CommandLine> leaves(CommandLine command) {
    return command.getSubcommands().isEmpty()
        ? Stream.of(command)
        : command.getSubcommands().values().stream().flatMap(DocumentationTest::leaves);
  }
}
