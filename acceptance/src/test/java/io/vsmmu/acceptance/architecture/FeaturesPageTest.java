package io.vsmmu.acceptance.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** docs/features.md names tests that exist, and paths that the API has. */
@Tag("slow")
class FeaturesPageTest {

  private static final Path ROOT = Path.of("..");
  private static final Pattern TEST = Pattern.compile("`([A-Z][A-Za-z]+)#([a-z_0-9]+)`");
  private static final Pattern OPERATION =
      Pattern.compile("`(GET|POST|PUT|DELETE) (/[^`?]*)(\\?[^`]*)?`");
  private static final List<String> FOR_TESTS =
      List.of("io.vsmmu.host.simulated", "io.vsmmu.testing", "io.vsmmu.scripted");
  private static final Pattern ROW = Pattern.compile("^\\| .* \\| .* \\| .* \\| .* \\|$");

  /** Sources and classes of tests, and reports, of all modules. */
  private static List<Path> files = List.of();

  @BeforeAll
  static void list() throws IOException {
    try (Stream<Path> all = Files.walk(ROOT, 14)) {
      files =
          all.filter(
                  f -> f.toString().matches(".*/(src/test/java|test-classes|surefire-reports)/.*"))
              .toList();
    }
  }

  /** A class and a method of a test. */
  private record Named(String type, String method) {}

  private static String page() throws IOException {
    return Files.readString(ROOT.resolve("docs/features.md"));
  }

  private static List<Named> named() throws IOException {
    return TEST.matcher(page()).results().map(r -> new Named(r.group(1), r.group(2))).toList();
  }

  private static List<Path> below(String part, String ending) {
    return files.stream()
        .filter(f -> f.toString().contains(part) && f.getFileName().toString().equals(ending))
        .toList();
  }

  @Test
  void every_test_it_names_exists() throws IOException {
    assertThat(named()).hasSizeGreaterThan(20);
    for (Named test : named()) {
      List<Path> sources = below("/src/test/java/", test.type() + ".java");
      assertThat(sources).as(test.type()).isNotEmpty();
      assertThat(sources)
          .as(test.toString())
          .anyMatch(source -> text(source).contains("void " + test.method() + "("));
    }
  }

  @Test
  void every_row_names_a_test_or_says_that_there_is_none() throws IOException {
    List<String> rows =
        page()
            .lines()
            .filter(line -> ROW.matcher(line).matches() && !line.startsWith("| from the series"))
            .toList();

    assertThat(rows).hasSizeGreaterThan(12);
    assertThat(rows).allMatch(row -> TEST.matcher(row).find() || row.contains("no test"));
  }

  @Test
  void every_operation_it_names_is_one_of_the_api() throws IOException {
    String api = text(ROOT.resolve("docs/api/openapi.json"));
    List<String> paths = OPERATION.matcher(page()).results().map(r -> r.group(2)).toList();

    assertThat(paths).isNotEmpty();
    assertThat(paths).allSatisfy(p -> assertThat(api).contains("\"/api/v1" + p + "\""));
  }

  /**
   * A test that calls what nothing else calls proves nothing about the product. What a test class
   * calls itself has to run in the product; what a simulated host and values offer to authors of
   * tests need not.
   */
  @Test
  void every_test_it_names_calls_code_that_runs_in_the_product() throws IOException {
    LiveCode product = new LiveCode(CompiledCode.MAIN);
    Map<String, List<JavaClass>> tests = compiled(named());
    List<String> dead = new ArrayList<>();
    for (Named test : named()) {
      assertThat(tests).as("compiled").containsKey(test.type());
      for (JavaClass type : tests.get(test.type())) {
        type.getMethods().stream()
            .filter(method -> method.getName().equals(test.method()))
            .flatMap(method -> called(type, method).stream())
            .filter(product::knows)
            .filter(callee -> !product.contains(product.named(callee)))
            .filter(callee -> !isForTests(product, product.named(callee)))
            .forEach(callee -> dead.add(test + " calls " + callee));
      }
    }

    assertThat(dead).isEmpty();
  }

  /** What a test method calls, with the methods of its class that it calls. */
  private static Set<String> called(JavaClass type, JavaCodeUnit method) {
    Set<String> called = new TreeSet<>();
    Deque<JavaCodeUnit> waiting = new ArrayDeque<>(List.of(method));
    while (!waiting.isEmpty()) {
      LiveCode.callees(waiting.remove())
          .filter(called::add)
          .forEach(
              name ->
                  type.getCodeUnits().stream()
                      .filter(own -> own.getFullName().equals(name))
                      .forEach(waiting::add));
    }
    return called;
  }

  /**
   * Accessors of values and what makes values, the parts of a simulated host and of the module
   * testing, and a shorter form of a method that runs.
   */
  private static boolean isForTests(LiveCode product, JavaCodeUnit unit) {
    JavaClass owner = unit.getOwner();
    boolean ofValue =
        (owner.isRecord() || owner.isEnum())
            && (unit.getRawParameterTypes().isEmpty() || unit.getRawReturnType().equals(owner));
    boolean shorter =
        owner.getCodeUnits().stream()
            .anyMatch(other -> other.getName().equals(unit.getName()) && product.contains(other));
    return ofValue
        || shorter
        || FOR_TESTS.stream().anyMatch(part -> owner.getPackageName().startsWith(part));
  }

  /** The compiled classes of the tests that are named, by their simple names; read all at once. */
  private static Map<String, List<JavaClass>> compiled(List<Named> tests) {
    List<Path> classes =
        tests.stream()
            .map(Named::type)
            .distinct()
            .flatMap(type -> below("/target/test-classes/", type + ".class").stream())
            .toList();
    return new ClassFileImporter()
        .importPaths(classes).stream().collect(Collectors.groupingBy(JavaClass::getSimpleName));
  }

  /** With the reports of a build of everything: {@code -Dfeatures.ran=true}. */
  @Test
  @EnabledIfSystemProperty(named = "features.ran", matches = "true")
  void every_test_it_names_ran_in_the_modules_before_this_one() throws IOException {
    for (Named test : named()) {
      boolean ours =
          below("/src/test/java/", test.type() + ".java").stream()
              .allMatch(source -> source.startsWith(ROOT.resolve("acceptance")));
      if (!ours) {
        assertThat(reports(test.type()))
            .as("%s ran", test)
            .anyMatch(report -> ran(report, test.method()));
      }
    }
  }

  private static List<String> reports(String type) {
    return files.stream()
        .filter(f -> f.toString().contains("/surefire-reports/"))
        .filter(f -> f.getFileName().toString().endsWith("." + type + ".xml"))
        .map(FeaturesPageTest::text)
        .toList();
  }

  private static boolean ran(String report, String method) {
    return Pattern.compile("<testcase name=\"" + method + "[\"(\\[{][^>]*>(?!\\s*<skipped)")
        .matcher(report)
        .find();
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
