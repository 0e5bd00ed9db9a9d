package io.vsmmu.acceptance.architecture;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The project's compiled classes without its tests, read once for all tests that look at them. */
final class CompiledCode {

  private static final String WRITES_A_PAGE = "PageTest";

  /**
   * Packages of modules that use the product, or parts of it, and are not reached from the
   * program's entry.
   */
  private static final List<String> TOOLS =
      List.of(
          "io.vsmmu.bench",
          "io.vsmmu.differential",
          "io.vsmmu.journal",
          "io.vsmmu.lab",
          "io.vsmmu.scripted",
          "io.vsmmu.simulation",
          "io.vsmmu.testing");

  /** The main code without the benchmarks, the differential tests and the programs of the labs. */
  static final JavaClasses MAIN =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .withImportOption(location -> !location.contains("/io/vsmmu/lab/"))
          .importPackages("io.vsmmu");

  /**
   * The main code of all modules, also of those that are not on the classpath of these tests, and
   * the tests that compare a page of the documentation with the code, and can write it.
   */
  static JavaClasses ofAllModules() {
    List<Path> folders = new ArrayList<>();
    try (Stream<Path> modules = Files.list(Path.of(".."))) {
      modules
          .flatMap(
              module ->
                  Stream.of(
                      module.resolve("target/classes"), module.resolve("target/test-classes")))
          .forEach(folders::add);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    folders.removeIf(folder -> !Files.isDirectory(folder.resolve("io/vsmmu")));
    return new ClassFileImporter()
        .withImportOption(
            location -> location.contains("/target/classes/") || location.contains(WRITES_A_PAGE))
        .importPaths(folders);
  }

  /**
   * Whether a class uses the product from outside: as a guest, a VMM or a measurement does, or to
   * write a page of the documentation.
   */
  static boolean isTool(JavaClass type) {
    return type.getName().contains(WRITES_A_PAGE)
        || TOOLS.stream().anyMatch(tool -> isIn(type, tool));
  }

  private static boolean isIn(JavaClass type, String folder) {
    return type.getPackageName().equals(folder) || type.getPackageName().startsWith(folder + ".");
  }

  private CompiledCode() {}
}
