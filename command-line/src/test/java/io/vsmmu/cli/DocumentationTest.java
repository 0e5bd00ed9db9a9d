package io.vsmmu.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.cli.output.ExitCode;
import io.vsmmu.smmu.event.StreamConfigured;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

@Tag("slow")
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
  void the_section_on_streams_explains_every_reason() throws IOException {
    String section = Files.readString(PAGE).split("\n### streams\n", 2)[1].split("\n##", 2)[0];

    assertThat(StreamConfigured.Reason.values())
        .allSatisfy(reason -> assertThat(section).contains("| `" + reason + "` | "));
  }

  @Test
  void a_section_names_no_option_that_its_command_does_not_have() throws IOException {
    String page = Files.readString(PAGE);
    for (CommandLine command : leaves(Invocation.commands()).toList()) {
      String name = command.getCommandSpec().qualifiedName().replaceFirst("^vsmmu ", "");
      String section = page.split("\n### " + name + "\n", 2)[1].split("\n##", 2)[0];
      String usage = section.strip().lines().findFirst().orElseThrow();
      String first = usage.substring(1, usage.indexOf('`', 1));
      assertThat(first).startsWith("./vsmmu " + name);
      Matcher options = Pattern.compile("(?<=[\\[| ])--[a-z][a-z-]*").matcher(first);
      while (options.find()) {
        assertThat(command.getCommandSpec().optionsMap()).as(name).containsKey(options.group());
      }
      Matcher table = Pattern.compile("(?m)^\\| (`--.*?) \\|").matcher(section);
      while (table.find()) {
        for (String option : table.group(1).replace("`", "").split(", ")) {
          assertThat(command.getCommandSpec().optionsMap()).as(name).containsKey(option);
          assertThat(first).as(name).contains("[" + option);
        }
      }
    }
  }

  @Test
  void the_help_of_an_option_says_what_the_page_says() throws IOException {
    String page = Files.readString(PAGE);
    Pattern row = Pattern.compile("(?m)^\\| `(--[a-z-]+)` \\| (.*) \\|$");
    int rows = 0;
    for (CommandLine command : leaves(Invocation.commands()).toList()) {
      String name = command.getCommandSpec().qualifiedName().replaceFirst("^vsmmu ", "");
      Matcher rowOf = row.matcher(page.split("\n### " + name + "\n", 2)[1].split("\n##", 2)[0]);
      while (rowOf.find()) {
        OptionSpec option = command.getCommandSpec().findOption(rowOf.group(1));
        if (option != null) {
          assertThat(String.join(" ", option.description()))
              .as("%s %s", name, rowOf.group(1))
              .isEqualTo(plain(rowOf.group(2)));
          rows++;
        }
      }
    }
    assertThat(rows).isGreaterThan(90);
  }

  /** A cell of the page as the help writes it: a sentence without marks and addresses. */
  private static String plain(String cell) {
    String text = cell.replaceAll("\\[([^]]*)]\\([^)]*\\)", "$1").replace("`", "");
    return (cell.startsWith("`")
            ? text
            : text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1))
        + ".";
  }

  @Test
  void every_command_that_asks_a_service_tells_of_the_variable_with_its_address() {
    for (CommandLine command : leaves(Invocation.commands()).toList()) {
      if (command.getCommandSpec().findOption("--url") != null) {
        assertThat(command.getUsageMessage()).contains("VSMMU_URL", "VSMMU_TOKEN");
      }
    }
    assertThat(Invocation.of("--help").out()).contains("VSMMU_URL", "COLUMNS");
  }

  @Test
  void every_variable_of_the_help_is_documented() throws IOException {
    assertThat(Files.readString(PAGE)).contains("| `VSMMU_URL` |", "| `COLUMNS` |");
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
    return Set.of("--url", "--token-file", "--output", "--wide").contains(option.longestName());
  }

  /** The commands that people call. */
  private static Stream<CommandLine> leaves(CommandLine command) {
    if (command.getCommandSpec().usageMessage().hidden()) {
      return Stream.empty();
    }
    return command.getSubcommands().isEmpty()
        ? Stream.of(command)
        : command.getSubcommands().values().stream().flatMap(DocumentationTest::leaves);
  }
}
