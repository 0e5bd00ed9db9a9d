package io.vsmmu.acceptance.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Finds methods that no code of the product can reach, for example because only tests call them.
 */
@Tag("slow")
class UnusedMethodsTest {

  /** Without io.vsmmu.host.simulated: what the simulated host shows of itself is for tests. */
  private static final String[] CHECKED = {
    "io.vsmmu.db..",
    "io.vsmmu.gateway..",
    "io.vsmmu.host",
    "io.vsmmu.host.apply..",
    "io.vsmmu.host.kernel..",
    "io.vsmmu.host.uapi..",
    "io.vsmmu.host.vmm..",
    "io.vsmmu.platform..",
    "io.vsmmu.posix..",
    "io.vsmmu.projections..",
    "io.vsmmu.recordings..",
    "io.vsmmu.vfiouser.."
  };

  /**
   * Methods for the modules that are no part of the product: bench, differential and testing, and
   * the tests of several modules, start databases, append to logs, wait for a function or a log to
   * catch up, and act as a VMM with memory of its own.
   */
  private static final Set<String> FOR_OTHER_MODULES =
      Set.of(
          "CStruct.fields",
          "CStruct.name",
          "DeviceCalls.write",
          "DeviceCalls.writeAt",
          "EmbeddedDatabase.dataSource",
          "EmbeddedDatabase.start",
          "EventFilter.withAddresses",
          "EventFilter.withAsid",
          "Functions.ftruncate",
          "Functions.memfd_create",
          "Functions.pwrite",
          "InvalidationBatch.slice",
          "Ioctl.ofRequest",
          "Ioctl.struct",
          "IommuCall.arguments",
          "IommufdContext.file",
          "IommufdHost.resume",
          "LogWriter.append",
          "Memfd.create",
          "Memfd.resize",
          "SmmuFunction.finishWork",
          "Vevent.sequence",
          "VmmContext.refusal",
          "WriteBehindLog.lag");

  @Test
  void every_method_can_be_reached_from_the_product() {
    LiveCode product = new LiveCode(CompiledCode.MAIN);
    Set<String> unused = new TreeSet<>();
    CompiledCode.MAIN.that(resideInAnyPackage(CHECKED)).stream()
        .flatMap(type -> type.getMethods().stream())
        .filter(method -> !product.contains(method))
        .filter(method -> !isGenerated(method))
        .forEach(method -> unused.add(name(method)));

    unused.removeAll(FOR_OTHER_MODULES);
    assertThat(unused).isEmpty();
  }

  /** Whether the compiler writes the method, whether it is used or not. */
  private static boolean isGenerated(JavaMethod method) {
    JavaClass owner = method.getOwner();
    boolean accessor =
        owner.isRecord()
            && method.getRawParameterTypes().isEmpty()
            && owner.tryGetField(method.getName()).isPresent();
    boolean ofEnum = owner.isEnum() && Set.of("values", "valueOf").contains(method.getName());
    return accessor || ofEnum || method.getModifiers().contains(JavaModifier.SYNTHETIC);
  }

  private static String name(JavaMethod method) {
    return method.getOwner().getSimpleName() + "." + method.getName();
  }
}
