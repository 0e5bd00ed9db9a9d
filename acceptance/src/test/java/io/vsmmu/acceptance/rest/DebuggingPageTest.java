package io.vsmmu.acceptance.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.springframework.test.context.TestPropertySource;

/**
 * Runs the commands of docs/debugging.md, in the order of the page, against a service of its own,
 * and compares what they print with the page. {@code -Ddebugging.write=true} writes it anew.
 */
@TestPropertySource(properties = "spring.application.name=debugging-page")
class DebuggingPageTest extends RestTest {

  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Path PAGE = ROOT.resolve("docs/debugging.md");
  private static final String FENCE = "```";
  private static final String PROMPT = "$ ./vsmmu ";

  /** An argument of a command line: in quotes, or without blanks. */
  private static final Pattern ARGUMENT = Pattern.compile("'([^']*)'|(\\S+)");

  private static final Pattern INSTANT =
      Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(?:\\.\\d+)?Z");

  /** What stands on the page for a time at which the test ran. */
  private static final String NOW = "2026-11-30T12:00:00.000000Z";

  private static final Duration TEST_TIME = Duration.ofHours(1);

  @Test
  void every_command_of_the_page_prints_what_the_page_shows() throws IOException {
    List<String> lines = Files.readAllLines(PAGE);

    List<String> executed = executed(lines);

    if (Boolean.getBoolean("debugging.write")) {
      Files.write(PAGE, executed);
      lines = executed;
    }
    assertThat(String.join("\n", lines)).isEqualTo(String.join("\n", executed));
  }

  /** The page with what its commands print now. */
  private List<String> executed(List<String> page) {
    List<String> result = new ArrayList<>();
    boolean output = false;
    for (String line : page) {
      if (line.startsWith(PROMPT)) {
        result.add(line);
        result.addAll(printed(line.substring(PROMPT.length())));
        output = true;
      } else if (line.startsWith(FENCE)) {
        output = false;
        result.add(line);
      } else if (!output) {
        result.add(line);
      }
    }
    return result;
  }

  private List<String> printed(String line) {
    List<String> arguments = new ArrayList<>();
    for (Matcher matcher = ARGUMENT.matcher(line); matcher.find(); ) {
      String quoted = matcher.group(1);
      arguments.add(quoted == null ? inRepository(matcher.group(2)) : quoted);
    }
    String out = CommandRun.at(port, CommandRun.COLUMNS, arguments.toArray(String[]::new)).out();
    return out.lines().map(DebuggingPageTest::lasting).toList();
  }

  /** Paths of the page are relative to the repository. */
  private static String inRepository(String argument) {
    return argument.contains("/") && Files.exists(ROOT.resolve(argument))
        ? ROOT.resolve(argument).toString()
        : argument;
  }

  /** Without the time at which the test ran; times of recordings stay. */
  private static String lasting(String line) {
    Instant now = Instant.now();
    String told =
        INSTANT
            .matcher(line)
            .replaceAll(
                match ->
                    Duration.between(Instant.parse(match.group()), now).abs().compareTo(TEST_TIME)
                            < 0
                        ? NOW
                        : match.group());
    return told.stripTrailing();
  }
}
