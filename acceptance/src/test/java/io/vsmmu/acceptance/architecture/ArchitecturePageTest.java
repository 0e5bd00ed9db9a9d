package io.vsmmu.acceptance.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** ARCHITECTURE.md names what exists. */
@Tag("slow")
class ArchitecturePageTest {

  private static final Path ROOT = Path.of("..");

  /** Folders between the root and the deepest source file, and some to spare. */
  private static final int SOURCE_DEPTH = 14;

  private static final Pattern PACKAGE = Pattern.compile("`(io\\.vsmmu[a-z.]*)`");
  private static final Pattern TYPE = Pattern.compile("`([A-Z][A-Za-z]+[a-z][A-Za-z]*)`");

  /** A monitor, or an object that threads wait for, in code and not in a comment. */
  private static final Pattern LOCK =
      Pattern.compile(
          "(?m)^(?! *[/*]).*(?:\\bsynchronized\\b|new"
              + " (?:Reentrant\\w*Lock|StampedLock|Semaphore)\\()");

  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#]+)\\)");

  private static final Iterable<JavaClass> CODE =
      new ClassFileImporter().withImportOption(new DoNotIncludeTests()).importPackages("io.vsmmu");

  @Test
  void every_package_it_names_exists() throws IOException {
    Set<String> packages = sourceFolders();

    assertThat(named(PACKAGE)).isNotEmpty();
    for (String name : named(PACKAGE)) {
      assertThat(packages).as(name).anyMatch(p -> p.equals(name) || p.startsWith(name + "."));
    }
  }

  @Test
  void every_type_it_names_exists() throws IOException {
    Set<String> types = new HashSet<>(all(JavaClass::getSimpleName));
    types.addAll(sourceFiles());

    assertThat(named(TYPE)).hasSizeGreaterThan(20).allMatch(types::contains);
  }

  /**
   * The types that have a file of their own: tests, and modules that this one does not see, too.
   */
  private static Set<String> sourceFiles() throws IOException {
    try (Stream<Path> files =
        Files.find(ROOT, SOURCE_DEPTH, (file, attributes) -> isSource(file))) {
      return files
          .map(file -> file.getFileName().toString().replace(".java", ""))
          .collect(Collectors.toSet());
    }
  }

  /** The packages of all modules, also of those that this one does not see. */
  private static Set<String> sourceFolders() throws IOException {
    try (Stream<Path> files =
        Files.find(ROOT, SOURCE_DEPTH, (file, attributes) -> isSource(file))) {
      return files
          .map(file -> file.getParent().toString().replaceFirst(".*/src/\\w+/java/", ""))
          .map(folder -> folder.replace('/', '.'))
          .collect(Collectors.toSet());
    }
  }

  private static boolean isSource(Path file) {
    return file.toString().endsWith(".java") && file.toString().contains("/src/");
  }

  @Test
  void every_page_it_links_exists() throws IOException {
    assertThat(named(LINK)).isNotEmpty().allMatch(link -> Files.exists(ROOT.resolve(link)));
  }

  @Test
  void every_class_that_has_a_lock_is_named_beside_the_lock_order() throws IOException {
    String page = Files.readString(ROOT.resolve("ARCHITECTURE.md"));
    String locks =
        page.substring(page.indexOf("## Threads and locks"), page.indexOf("## After a start"));
    Set<String> unnamed = new TreeSet<>();
    try (Stream<Path> files =
        Files.find(ROOT, SOURCE_DEPTH, (file, attributes) -> isOfTheProduct(file))) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString().replace(".java", "");
        if (LOCK.matcher(Files.readString(file)).find() && !locks.contains(name)) {
          unnamed.add(name);
        }
      }
    }

    assertThat(unnamed).isEmpty();
  }

  /** Programs of the labs, benchmarks and the scripted VMM have no part in the order. */
  private static boolean isOfTheProduct(Path file) {
    String path = ROOT.relativize(file).toString();
    return path.endsWith(".java")
        && path.contains("/src/main/")
        && !path.matches("(?:acceptance|bench|differential|simulation|testing)/.*");
  }

  private static List<String> named(Pattern pattern) throws IOException {
    String page = Files.readString(ROOT.resolve("ARCHITECTURE.md"));
    return pattern.matcher(page).results().map((MatchResult r) -> r.group(1)).distinct().toList();
  }

  private static Set<String> all(Function<JavaClass, String> property) {
    Set<String> found = new HashSet<>();
    CODE.forEach(c -> found.add(property.apply(c)));
    return found.stream().collect(Collectors.toUnmodifiableSet());
  }
}
