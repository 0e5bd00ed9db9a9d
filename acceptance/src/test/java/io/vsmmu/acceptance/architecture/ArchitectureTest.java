package io.vsmmu.acceptance.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.lang.ArchRule;
import io.vsmmu.posix.Errno;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The arrows between modules, and what holds in all of them. */
@Tag("slow")
class ArchitectureTest {

  private static final JavaClasses CODE = CompiledCode.MAIN;

  private static final String AXON = "org.axonframework..";
  private static final String[] SPRING = {"org.springframework.."};
  private static final String[] JDBC = {
    "java.sql..", "javax.sql..", "org.postgresql..", "com.zaxxer..", "org.flywaydb.."
  };
  private static final String[] NATIVE = {"jnr..", "com.kenai..", "java.lang.foreign.."};

  /** A module's packages, and the modules that it may use. */
  private enum Module {
    BOUNDARY("io.vsmmu.boundary.."),
    PROBLEM("io.vsmmu.problem.."),
    DOMAIN("io.vsmmu.smmu..", PROBLEM),
    POSIX("io.vsmmu.posix.."),
    JOURNAL("io.vsmmu.journal..", BOUNDARY, POSIX, PROBLEM),
    TRANSPARENCY("io.vsmmu.transparency.."),
    DB("io.vsmmu.db..", BOUNDARY, JOURNAL, PROBLEM, TRANSPARENCY),
    RECORDINGS("io.vsmmu.recordings..", DOMAIN),
    PLATFORM("io.vsmmu.platform..", PROBLEM),
    // With host-apply. iommufd-adapter has no dependency on the domain: the compiler checks it.
    HOST("io.vsmmu.host..", BOUNDARY, DOMAIN, POSIX, PROBLEM),
    SCRIPTED("io.vsmmu.scripted..", DOMAIN, POSIX),
    VFIO_USER("io.vsmmu.vfiouser..", POSIX),
    GATEWAY("io.vsmmu.gateway..", BOUNDARY, DOMAIN, POSIX, VFIO_USER),
    PROJECTIONS("io.vsmmu.projections..", BOUNDARY, DOMAIN, DB),
    DEBUGGER("io.vsmmu.debugger..", PROBLEM, DOMAIN, DB, PROJECTIONS),
    CONTROL(
        "io.vsmmu.control..",
        BOUNDARY,
        PROBLEM,
        DOMAIN,
        HOST,
        DB,
        RECORDINGS,
        POSIX,
        PLATFORM,
        VFIO_USER,
        GATEWAY,
        PROJECTIONS,
        DEBUGGER),
    REST(
        "io.vsmmu.rest..",
        BOUNDARY,
        PROBLEM,
        CONTROL,
        DOMAIN,
        HOST,
        DB,
        TRANSPARENCY,
        RECORDINGS,
        PLATFORM,
        POSIX,
        VFIO_USER,
        GATEWAY,
        PROJECTIONS,
        DEBUGGER),
    COMMAND_LINE(
        "io.vsmmu.cli..",
        PROBLEM,
        REST,
        CONTROL,
        DOMAIN,
        HOST,
        DB,
        TRANSPARENCY,
        POSIX,
        PLATFORM,
        RECORDINGS,
        PROJECTIONS),
    TESTING("io.vsmmu.testing..", DB, HOST, POSIX, SCRIPTED);

    private final String packages;
    private final List<Module> uses;

    Module(String packages, Module... uses) {
      this.packages = packages;
      this.uses = List.of(uses);
    }

    String[] allowed() {
      Set<String> allowed = uses.stream().map(m -> m.packages).collect(Collectors.toSet());
      allowed.add(packages);
      return allowed.toArray(String[]::new);
    }
  }

  @ParameterizedTest
  @EnumSource(Module.class)
  void a_module_uses_only_what_its_arrows_allow(Module module) {
    check(
        noClasses()
            .that()
            .resideInAPackage(module.packages)
            .should()
            .dependOnClassesThat(
                resideInAPackage("io.vsmmu..").and(not(resideInAnyPackage(module.allowed())))));
  }

  @Test
  void every_class_belongs_to_a_module() {
    String[] all = Arrays.stream(Module.values()).map(m -> m.packages).toArray(String[]::new);

    check(classes().should().resideInAnyPackage(all));
  }

  @Test
  void the_domain_knows_no_framework_but_axons_modelling() {
    check(
        noClasses()
            .that()
            .resideInAPackage(Module.DOMAIN.packages)
            .should()
            .dependOnClassesThat(
                resideInAnyPackage(SPRING)
                    .or(resideInAnyPackage(JDBC))
                    .or(resideInAnyPackage(NATIVE))));
  }

  @Test
  void only_posix_calls_the_system() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackage(Module.POSIX.packages)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("jnr..", "com.kenai.."));
  }

  @Test
  void only_the_kernels_side_of_the_host_makes_system_calls() {
    check(
        noClasses()
            .that()
            .resideInAPackage("io.vsmmu.host..")
            .and()
            .resideOutsideOfPackages("io.vsmmu.host.uapi..", "io.vsmmu.host.kernel..")
            .should()
            .dependOnClassesThat(
                resideInAnyPackage("io.vsmmu.host.uapi..", "io.vsmmu.host.kernel..")
                    .or(resideInAPackage(Module.POSIX.packages).and(not(type(Errno.class))))
                    .or(resideInAnyPackage(NATIVE))));
  }

  @Test
  void the_scripted_vmm_knows_nothing_of_the_smmu() {
    check(
        noClasses()
            .that()
            .resideInAPackage("io.vsmmu.scripted.vmm..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(Module.DOMAIN.packages));
  }

  @Test
  void axon_stays_at_the_edges() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackages(
                "io.vsmmu.smmu.aggregate..", "io.vsmmu.db..", "io.vsmmu.control.log..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(AXON));
  }

  @Test
  void spring_stays_in_the_rest_application() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackage(Module.REST.packages)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(SPRING));
  }

  @Test
  void the_command_line_starts_without_spring() {
    check(
        noClasses()
            .that()
            .resideInAPackage("io.vsmmu.cli..")
            .should()
            .dependOnClassesThat(resideInAnyPackage(SPRING).or(resideInAPackage(AXON))));
    check(
        noClasses()
            .that()
            .resideInAPackage("io.vsmmu.cli..")
            .and()
            .haveNameNotMatching(".*\\.ControlPlaneStarter(\\$.*)?")
            .should()
            .dependOnClassesThat(resideInAnyPackage("io.vsmmu.control..", "io.vsmmu.rest..")));
  }

  @Test
  void nothing_of_the_application_depends_on_what_its_tests_use() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackages("io.vsmmu.testing..", "io.vsmmu.scripted..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.vsmmu.testing..", "io.vsmmu.scripted.."));
  }

  @Test
  void nothing_depends_on_the_command_line() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackage("io.vsmmu.cli..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.vsmmu.cli.."));
  }

  @Test
  void no_packages_depend_on_each_other_in_a_circle() {
    check(slices().matching("io.vsmmu.(**)").should().beFreeOfCycles());
  }

  @Test
  void every_package_is_null_marked() {
    Set<String> with =
        CODE.stream()
            .filter(c -> c.getSimpleName().equals("package-info"))
            .filter(c -> c.isAnnotatedWith(NullMarked.class))
            .map(JavaClass::getPackageName)
            .collect(Collectors.toSet());
    Set<String> without =
        CODE.stream()
            .map(JavaClass::getPackageName)
            .filter(name -> !with.contains(name))
            .collect(Collectors.toCollection(TreeSet::new));

    assertThat(with).isNotEmpty();
    assertThat(without).isEmpty();
  }

  @Test
  void no_class_is_named_after_nothing() {
    check(noClasses().should().haveNameMatching(".*(Util|Utils|Manager|Helper)(\\$.*)?"));
  }

  /** The wall clock jumps when it is set. The time of an event is given by the caller's clock. */
  @Test
  void what_waits_and_measures_time_uses_the_monotonic_clock() {
    check(
        noClasses()
            .that()
            .resideInAnyPackage(
                "io.vsmmu.journal..", "io.vsmmu.db..", "io.vsmmu.gateway..", "io.vsmmu.vfiouser..")
            .should()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(Instant.class, "now")
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(Clock.class));
  }

  @Test
  void only_the_command_line_prints() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackage("io.vsmmu.cli..")
            .should()
            .accessField(System.class, "out")
            .orShould()
            .accessField(System.class, "err")
            .orShould()
            .callMethod(Throwable.class, "printStackTrace"));
    // javax.sql.CommonDataSource names its Logger.
    check(
        noClasses()
            .that()
            .areNotAssignableTo(DataSource.class)
            .should()
            .dependOnClassesThat()
            .resideInAPackage("java.util.logging.."));
  }

  private static void check(ArchRule rule) {
    rule.check(CODE);
  }
}
