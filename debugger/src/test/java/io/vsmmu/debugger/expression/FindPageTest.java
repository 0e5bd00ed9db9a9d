package io.vsmmu.debugger.expression;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The names of docs/find.md are those of the code; {@code -Dfind.write=true} writes them. */
class FindPageTest {

  private static final Path PAGE = Path.of("../docs/find.md");
  private static final String BEGIN = "<!-- The names, by FindPageTest -->\n";
  private static final String END = "<!-- End of the names -->\n";

  /** A group with more names than this, all alike, is one row. */
  private static final int SINGLE_ROWS = 24;

  @Test
  void the_page_has_every_name_of_the_language() throws IOException {
    String page = Files.readString(PAGE);
    String names = BEGIN + "\n" + names() + "\n" + END;
    String expected =
        page.substring(0, page.indexOf(BEGIN))
            + names
            + page.substring(page.indexOf(END) + END.length());
    if (Boolean.getBoolean("find.write")) {
      Files.writeString(PAGE, expected);
      page = expected;
    }

    assertThat(page).isEqualTo(expected);
  }

  @Test
  void every_example_of_the_page_is_a_condition() throws IOException {
    Matcher examples =
        Pattern.compile("(?m)^\\| `([^`]+)` \\| [^|]+ \\|$").matcher(section("## Examples"));
    List<String> found = new ArrayList<>();
    while (examples.find()) {
      found.add(examples.group(1).replace("\\|", "|"));
    }

    assertThat(found).hasSizeGreaterThan(10).allSatisfy(text -> Expression.of(text));
  }

  @Test
  void the_page_has_every_count_that_never_decreases() throws IOException {
    List<String> growing = new ArrayList<>();
    for (Member member : StateNames.ROOT.members()) {
      switch (member) {
        case Member.Value value when value.grows() -> growing.add(value.name());
        case Member.Part part ->
            part.shape().members().stream()
                .filter(inner -> inner instanceof Member.Value value && value.grows())
                .map(inner -> part.name().equals("commands") ? "NAME" : inner.name())
                .forEach(name -> growing.add(part.name() + "." + name));
        case Member.Value _, Member.Items _ -> {}
      }
    }

    assertThat(section("## How fast")).contains(growing.stream().map("`%s`"::formatted).toList());
  }

  @Test
  void the_page_has_the_limits() throws IOException {
    assertThat(section("## Limits"))
        .contains(
            String.valueOf(ExpressionLimits.CHARACTERS),
            String.valueOf(ExpressionLimits.DEPTH),
            "at most %d of `any`".formatted(ExpressionLimits.QUANTIFIERS),
            String.valueOf(ExpressionLimits.WORDS));
  }

  private static String section(String heading) throws IOException {
    String behind = Files.readString(PAGE).split("\n" + heading + "\n", 2)[1];
    return behind.split("\n## ", 2)[0];
  }

  private static String names() {
    StringBuilder text = new StringBuilder();
    text.append("### State\n\n").append(table("", StateNames.ROOT));
    text.append("\n### Event\n\n").append(table("event.", EventNames.EVENT));
    return text.toString();
  }

  private static String table(String prefix, Shape shape) {
    List<String> rows = new ArrayList<>();
    rows.add("| name | type | meaning |\n|---|---|---|\n");
    rows(prefix, shape, rows);
    return String.join("", rows);
  }

  private static void rows(String prefix, Shape shape, List<String> rows) {
    for (Member member : shape.members()) {
      switch (member) {
        case Member.Value value ->
            rows.add(
                "| `%s%s` | %s | %s |\n"
                    .formatted(
                        prefix,
                        value.name(),
                        NameTree.type(value),
                        value.meaning() + constants(value)));
        case Member.Part part -> part(prefix, part, rows);
        case Member.Items items -> {
          String key = "%s%s[%s]".formatted(prefix, items.name(), items.key());
          rows.add("| `%s%s` | list | %s |\n".formatted(prefix, items.name(), items.meaning()));
          rows(key + ".", items.shape(), rows);
        }
      }
    }
  }

  private static void part(String prefix, Member.Part part, List<String> rows) {
    String path = prefix + part.name();
    if (part.shape().members().size() <= SINGLE_ROWS) {
      rows(path + ".", part.shape(), rows);
      return;
    }
    Collection<Member> members = part.shape().members();
    String names =
        members.stream()
            .map(Member::name)
            .filter(name -> !name.startsWith("RESERVED_"))
            .map("`%s`"::formatted)
            .collect(Collectors.joining(", "));
    String type =
        members.iterator().next() instanceof Member.Value value ? NameTree.type(value) : "group";
    rows.add("| `%s.NAME` | %s | %s: %s |\n".formatted(path, type, part.meaning(), names));
  }

  /** The texts that a value can have, unless there are many. */
  private static String constants(Member.Value value) {
    Set<String> all = new TreeSet<>(value.constants());
    return all.isEmpty() || all.size() > SINGLE_ROWS
        ? ""
        : all.stream().map("`%s`"::formatted).collect(Collectors.joining(", ", ": ", ""));
  }
}
