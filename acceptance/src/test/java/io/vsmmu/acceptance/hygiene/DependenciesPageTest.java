package io.vsmmu.acceptance.hygiene;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * docs/adr/0008-dependencies.md says of each dependency what it is for, and versions are in one
 * place.
 */
@Tag("slow")
class DependenciesPageTest {

  private static final Path ROOT = Path.of("..");
  private static final Path PAGE = ROOT.resolve("docs/adr/0008-dependencies.md");
  private static final Pattern DEPENDENCY =
      Pattern.compile("<dependency>(.*?)</dependency>", Pattern.DOTALL);
  private static final Pattern WITHOUT =
      Pattern.compile("<!--.*?-->|<exclusions>.*?</exclusions>", Pattern.DOTALL);
  private static final Pattern GROUP = Pattern.compile("<groupId>(.*?)</groupId>");
  private static final Pattern ARTIFACT = Pattern.compile("<artifactId>(.*?)</artifactId>");
  private static final Pattern VERSION = Pattern.compile("<version>(.*?)</version>");
  private static final Pattern NAMED = Pattern.compile("`([A-Za-z][A-Za-z0-9.*_-]*)`");

  /** A dependency as a pom declares it. */
  private record Declared(Path pom, String artifact, boolean versioned) {}

  private static List<Declared> declared() throws IOException {
    try (Stream<Path> modules = Files.list(ROOT)) {
      return Stream.concat(Stream.of(ROOT), modules)
          .map(folder -> folder.resolve("pom.xml"))
          .filter(Files::isRegularFile)
          .flatMap(DependenciesPageTest::declaredIn)
          .toList();
    }
  }

  private static Stream<Declared> declaredIn(Path pom) {
    String text;
    try {
      text = WITHOUT.matcher(Files.readString(pom)).replaceAll("");
    } catch (IOException unreadable) {
      throw new java.io.UncheckedIOException(unreadable);
    }
    return DEPENDENCY
        .matcher(text)
        .results()
        .map(result -> result.group(1))
        .filter(dependency -> !first(GROUP, dependency).equals("io.vsmmu"))
        .map(
            dependency ->
                new Declared(pom, first(ARTIFACT, dependency), VERSION.matcher(dependency).find()));
  }

  private static String first(Pattern pattern, String text) {
    return pattern
        .matcher(text)
        .results()
        .map((MatchResult r) -> r.group(1))
        .findFirst()
        .orElse("");
  }

  /** What the first column of the page's table names; a name may end with an asterisk. */
  private static Set<String> onThePage() throws IOException {
    Set<String> named = new TreeSet<>();
    for (String line : Files.readAllLines(PAGE)) {
      if (line.startsWith("| ")) {
        String column = line.substring(1, line.indexOf('|', 1));
        NAMED.matcher(column).results().forEach(found -> named.add(found.group(1)));
        // A class of a library that the column names, too.
        named.remove("WCWidth");
      }
    }
    return named;
  }

  private static boolean matches(String named, String artifact) {
    return named.endsWith("*")
        ? artifact.startsWith(named.substring(0, named.length() - 1))
        : artifact.equals(named);
  }

  @Test
  void each_dependency_of_a_pom_is_on_the_page() throws IOException {
    Set<String> page = onThePage();
    Set<String> missing = new TreeSet<>();
    for (Declared dependency : declared()) {
      if (page.stream().noneMatch(named -> matches(named, dependency.artifact()))) {
        missing.add(dependency.artifact());
      }
    }

    assertThat(missing)
        .as("artifacts that the first column of %s must name between backticks", PAGE)
        .isEmpty();
  }

  @Test
  void each_artifact_of_the_page_is_a_dependency() throws IOException {
    List<Declared> declared = declared();
    String root = Files.readString(ROOT.resolve("pom.xml"));

    assertThat(onThePage())
        .isNotEmpty()
        .allMatch(
            named ->
                declared.stream().anyMatch(one -> matches(named, one.artifact()))
                    || root.contains("<artifactId>" + named + "</artifactId>"));
  }

  @Test
  void versions_are_in_the_parent_pom_only() throws IOException {
    assertThat(declared())
        .filteredOn(one -> one.versioned() && !one.pom().equals(ROOT.resolve("pom.xml")))
        .isEmpty();
  }
}
