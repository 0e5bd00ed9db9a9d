package io.vsmmu.acceptance.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What people read in this tree has none of the phrases that STYLE.md lists between backticks: the
 * comments of all sources and scripts, the texts that the programs print (string literals of more
 * than one word), and the documentation. Names, JSON fields and code between backticks or in {@code
 * {@code}} are not prose. Migrations of the database are left out, because Flyway refuses a
 * migration whose text has changed.
 */
class LanguageTest {

  private static final Path ROOT = Path.of("..");
  private static final int DEPTH = 16;

  /** A row of the table, with its first column. */
  private static final Pattern ROW = Pattern.compile("(?m)^\\| ([^|]*) \\|");

  private static final Pattern QUOTED = Pattern.compile("`([^`]+)`");

  /** Comments, text blocks, strings and characters of Java and C, whichever begins first. */
  private static final Pattern TOKEN =
      Pattern.compile(
          "/\\*.*?\\*/|//[^\\n]*|\"\"\".*?\"\"\"|\"(?:\\\\.|[^\"\\\\\\n])*\"|'(?:\\\\.|[^'\\\\])+'",
          Pattern.DOTALL);

  private static final Pattern CODE_IN_COMMENT = Pattern.compile("\\{@(?:code|link|value)[^}]*\\}");

  /** The same of ES modules, and templates. */
  private static final Pattern TOKEN_OF_MODULE =
      Pattern.compile(
          "/\\*.*?\\*/|//[^\\n]*|\"[^\"\\\\\\n]*+(?:\\\\.[^\"\\\\\\n]*+)*+\""
              + "|'[^'\\\\\\n]*+(?:\\\\.[^'\\\\\\n]*+)*+'|`[^`\\\\]*+(?:\\\\.[^`\\\\]*+)*+`",
          Pattern.DOTALL);

  private static final Pattern CODE_IN_MODULE =
      Pattern.compile("\\$\\{[^}]*\\}|<[^>]*>|`[^`\\s]*`|\\{@link[^}]*\\}");
  private static final Pattern CODE_IN_PAGE =
      Pattern.compile("(?ms)^```.*?^```|`[^`\\n]*`|\\]\\([^)]*\\)");
  private static final Pattern LINE_OF_COMMENT = Pattern.compile("(?m)^\\s*(?:\\*|//|#)\\s?");

  @Test
  void no_text_has_a_phrase_that_the_style_page_tells_to_avoid() throws IOException {
    List<Pattern> phrases = phrases();
    List<String> found = new ArrayList<>();
    for (Path file : files()) {
      String prose = prose(file.getFileName().toString(), Files.readString(file), isTest(file));
      for (Pattern phrase : phrases) {
        phrase
            .matcher(prose)
            .results()
            .forEach(
                at -> found.add(ROOT.relativize(file) + ": " + surroundings(prose, at.start())));
      }
    }

    assertThat(found).as("see \"Phrases to avoid\" in STYLE.md").isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/** Closes the socket, which\n * nobody\n * reads. */ void close() {}",
        "String text = \"the export is\" + \" ours\";",
        "// It is told what happened."
      })
  void comments_and_messages_are_searched_over_the_ends_of_lines(String source) throws IOException {
    String prose = prose("Some.java", source, false);

    assertThat(phrases()).as(prose).anyMatch(phrase -> phrase.matcher(prose).find());
  }

  @Test
  void what_a_template_shows_is_searched() throws IOException {
    String prose =
        prose("some.js", "render() { return html`<p>Here is ${it} nobody reads</p>`; }", false);

    assertThat(phrases()).as(prose).anyMatch(phrase -> phrase.matcher(prose).find());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "List<String> ours = mates();",
        "@JsonProperty(\"ours\") long value",
        "/** The user {@code nobody}. */"
      })
  void names_are_not_searched(String source) throws IOException {
    String prose = prose("Some.java", source, false);

    assertThat(phrases()).as(prose).noneMatch(phrase -> phrase.matcher(prose).find());
  }

  /** The phrases between backticks in the table's first column, as whole words in any case. */
  private static List<Pattern> phrases() throws IOException {
    String page = Files.readString(ROOT.resolve("STYLE.md"));
    String section = page.substring(page.indexOf("## Phrases to avoid"), page.indexOf("## Form"));
    List<Pattern> phrases =
        ROW.matcher(section)
            .results()
            .flatMap(row -> QUOTED.matcher(row.group(1)).results())
            .map((MatchResult it) -> it.group(1).replace(" ", "\\s+"))
            .map(words -> Pattern.compile("\\b" + words + "\\b", Pattern.CASE_INSENSITIVE))
            .toList();
    assertThat(phrases).hasSizeGreaterThan(20);
    return phrases;
  }

  private static List<Path> files() throws IOException {
    try (Stream<Path> all =
        Files.find(ROOT, DEPTH, (file, attributes) -> attributes.isRegularFile())) {
      return all.filter(LanguageTest::isRead).toList();
    }
  }

  private static boolean isRead(Path file) {
    String path = ROOT.relativize(file).toString();
    boolean made = path.contains("target/") || path.startsWith(".") || path.contains("/.");
    boolean text =
        path.endsWith(".java")
            || path.endsWith(".c")
            || path.endsWith(".h")
            || path.endsWith(".js")
            || path.endsWith(".yaml")
            || path.endsWith(".md") && !path.equals("STYLE.md");
    boolean script = path.endsWith(".sh") || path.matches("vsmmu|lab/[a-z-]+|bench/[a-z-]+");
    return !made && (text || script);
  }

  private static boolean isTest(Path file) {
    return file.toString().contains("/src/test/");
  }

  private static String prose(String name, String text, boolean test) {
    String prose;
    if (name.endsWith(".md")) {
      prose = CODE_IN_PAGE.matcher(text).replaceAll(" # ");
    } else if (name.endsWith(".java") || name.endsWith(".c") || name.endsWith(".h")) {
      prose = proseOfSource(text, test);
    } else if (name.endsWith(".js")) {
      prose = proseOfModule(text);
    } else {
      prose = proseOfScript(text);
    }
    return LINE_OF_COMMENT.matcher(prose).replaceAll(" ");
  }

  /** Comments and, but for tests, strings of more than one word. */
  private static String proseOfSource(String text, boolean test) {
    String joined = text.replaceAll("\"\\s*\\+\\s*\"", "");
    return TOKEN
        .matcher(joined)
        .results()
        .map(MatchResult::group)
        .filter(it -> it.startsWith("/") || (!test && it.contains(" ")))
        .map(it -> CODE_IN_COMMENT.matcher(it).replaceAll(" # "))
        .collect(Collectors.joining("\n#\n"));
  }

  /** Comments, strings of more than one word, and what templates show: their text without tags. */
  private static String proseOfModule(String text) {
    return TOKEN_OF_MODULE
        .matcher(text)
        .results()
        .map(MatchResult::group)
        .filter(it -> it.contains(" "))
        .map(it -> CODE_IN_MODULE.matcher(it).replaceAll(" # "))
        .collect(Collectors.joining("\n#\n"));
  }

  /** Comments, and what is between double quotes. */
  private static String proseOfScript(String text) {
    return Pattern.compile(
            "(?m)(?:^|\\s)#[^\\n]*|\"(?:\\\\.|[^\"\\\\\\n])* (?:\\\\.|[^\"\\\\\\n])*\"")
        .matcher(text)
        .results()
        .map(MatchResult::group)
        .collect(Collectors.joining("\n"));
  }

  private static String surroundings(String prose, int at) {
    String text = prose.substring(Math.max(0, at - 60), Math.min(prose.length(), at + 60));
    return text.replaceAll("\\s+", " ").strip().toLowerCase(Locale.ROOT);
  }
}
