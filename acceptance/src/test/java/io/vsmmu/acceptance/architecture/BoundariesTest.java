package io.vsmmu.acceptance.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import io.vsmmu.acceptance.crash.KillPlan;
import io.vsmmu.acceptance.crash.KillPlan.Kill;
import io.vsmmu.boundary.Boundary;
import io.vsmmu.boundary.BoundaryObserver;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The boundaries of the code, and what kills a process at each. */
@Tag("slow")
class BoundariesTest {

  private static Stream<JavaField> boundaries() {
    return CompiledCode.MAIN.stream()
        .filter(type -> type.isEnum() && type.isAssignableTo(Boundary.class))
        .flatMap(type -> type.getFields().stream())
        .filter(field -> field.getRawType().equals(field.getOwner()))
        .filter(field -> field.getModifiers().contains(JavaModifier.ENUM));
  }

  private static String name(JavaField boundary) {
    return boundary.getOwner().getSimpleName() + "." + boundary.getName();
  }

  private static Set<String> all() {
    return boundaries().map(BoundariesTest::name).collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void a_test_kills_at_every_boundary_of_the_code() {
    Set<String> killed =
        Stream.concat(KillPlan.OF_PARTS.stream().map(Kill::boundary), KillPlan.OF_REQUESTS.stream())
            .collect(Collectors.toCollection(TreeSet::new));

    assertThat(killed).isEqualTo(all());
  }

  @Test
  void code_reports_every_boundary() {
    Set<String> reported =
        boundaries()
            .filter(
                boundary ->
                    boundary.getAccessesToSelf().stream()
                        .anyMatch(access -> !access.getOriginOwner().equals(boundary.getOwner())))
            .map(BoundariesTest::name)
            .collect(Collectors.toCollection(TreeSet::new));

    assertThat(reported).isEqualTo(all());
  }

  @Test
  void no_service_has_an_observer() {
    assertThat(
            CompiledCode.MAIN.stream()
                .filter(type -> type.isAssignableTo(BoundaryObserver.class) && !type.isInterface())
                .map(JavaClass::getName))
        .isEmpty();
  }
}
