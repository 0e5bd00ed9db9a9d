package io.vsmmu.acceptance.architecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;

/**
 * The project's compiled classes without its tests and without the programs of the labs, read once
 * for all tests that look at them.
 */
final class CompiledCode {

  static final JavaClasses MAIN =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .withImportOption(location -> !location.contains("/io/vsmmu/lab/"))
          .importPackages("io.vsmmu");

  private CompiledCode() {}
}
