package io.vsmmu.acceptance.hygiene;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The bill of materials that the build puts into the jar: it names every library beside the jar,
 * and each is offered under a licence that lets the program be given away. Of several licences one
 * is chosen, so one that is allowed suffices.
 */
@Tag("slow")
class LicencesTest {

  private static final Path TARGET = Path.of("../command-line/target");
  private static final Path SBOM = TARGET.resolve("classes/META-INF/sbom/application.cdx.json");

  /** SPDX identifiers, and names where a library declares no identifier. */
  private static final Set<String> ALLOWED =
      Set.of(
          "0BSD",
          "Apache-2.0",
          "BSD-2-Clause",
          "BSD-3-Clause",
          "CC0-1.0",
          "EDL 1.0",
          "EPL 2.0",
          "EPL-2.0",
          "Indiana University Extreme! Lab Software License",
          "MIT",
          "MIT-0",
          "Public Domain");

  /**
   * Libraries whose pom names another licence than their file does. JLine's says "The BSD License";
   * its text is that of BSD-3-Clause.
   */
  private static final Set<String> DECLARED_OTHERWISE = Set.of("org.jline:jline-terminal");

  private static JsonNode components() throws IOException {
    assumeTrue(Files.exists(SBOM), "no bill of materials; ./mvnw verify makes it");
    return JsonMapper.shared().readTree(Files.readString(SBOM)).path("components");
  }

  private static Stream<String> licences(JsonNode component) {
    return component
        .path("licenses")
        .valueStream()
        .flatMap(
            choice ->
                Stream.of(
                    choice.path("license").path("id").asString(""),
                    choice.path("license").path("name").asString(""),
                    choice.path("expression").asString("")))
        .filter(text -> !text.isEmpty());
  }

  @Test
  void each_library_is_under_a_licence_that_is_allowed() throws IOException {
    Set<String> others = new TreeSet<>();
    for (JsonNode component : components()) {
      String group = component.path("group").asString("");
      boolean known =
          group.equals("io.vsmmu")
              || DECLARED_OTHERWISE.contains(group + ":" + component.path("name").asString(""));
      List<String> licences = licences(component).toList();
      if (!known && licences.stream().noneMatch(ALLOWED::contains)) {
        others.add(component.path("purl").asString("") + " " + licences);
      }
    }

    assertThat(others).as("libraries under other licences than %s", ALLOWED).isEmpty();
  }

  @Test
  void it_names_each_library_beside_the_jar_with_its_hash() throws IOException {
    JsonNode components = components();
    Path libraries = TARGET.resolve("lib");
    assumeTrue(Files.isDirectory(libraries), "not packaged");
    Set<String> named = new TreeSet<>();
    for (JsonNode component : components) {
      named.add(component.path("name").asString("") + "-" + component.path("version").asString(""));
      assertThat(component.path("hashes").isEmpty()).as("%s", component.path("purl")).isFalse();
    }

    try (Stream<Path> files = Files.list(libraries)) {
      assertThat(files.map(file -> file.getFileName().toString().replace(".jar", "")))
          .isNotEmpty()
          .allMatch(
              file ->
                  named.stream()
                      .anyMatch(name -> file.equals(name) || file.startsWith(name + "-")));
    }
  }
}
