package io.vsmmu.acceptance.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Finds methods that only tests can reach. A method is in use if the product calls it, or the main
 * code of a module that uses the product from outside: the scripted VMM and guest, the benchmarks,
 * the differential tests and the programs of the labs. The tests that write a page of the
 * documentation from the code use what they show.
 */
@Tag("slow")
class UnusedMethodsTest {

  /** All packages but one: what io.vsmmu.host.simulated shows of itself is for tests. */
  private static final String[] CHECKED = {
    "io.vsmmu.cli..",
    "io.vsmmu.control..",
    "io.vsmmu.db..",
    "io.vsmmu.debugger..",
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
    "io.vsmmu.rest..",
    "io.vsmmu.smmu.aggregate..",
    "io.vsmmu.smmu.bits..",
    "io.vsmmu.smmu.event..",
    "io.vsmmu.smmu.model..",
    "io.vsmmu.smmu.rules..",
    "io.vsmmu.smmu.spec..",
    "io.vsmmu.smmu.stimulus..",
    "io.vsmmu.smmu.wire..",
    "io.vsmmu.vfiouser.."
  };

  /**
   * Methods that only tests call. They make values that otherwise a host or a stored log has, show
   * what an error contains, act as a VMM whose descriptors are at hand, receive an interrupt, or
   * wait for a log to catch up. A method that is used again must leave this list.
   */
  private static final Set<String> FOR_TESTS =
      Set.of(
          "CStruct.fields",
          "CStruct.name",
          "CommandCounts.total",
          "DeviceCalls.write",
          "EventFd.read",
          "HostDevice.withGroupMates",
          "HostDevice.withOwnedByVmm",
          "InvalidationBatch.slice",
          "Ioctl.struct",
          "IommuCall.arguments",
          "IommufdContext.file",
          "IommufdHost.resume",
          "LogWriter.append",
          "LogWriter.rows",
          "MalformedEventException.field",
          "MalformedEventException.offset",
          "MalformedEventException.type",
          "Member.meaning",
          "Poll.awaitReadable",
          "Vevent.sequence",
          "VmmContext.refusal",
          "VmmDevices.reopened",
          "VmmDevices.useVmmIommufd",
          "VsmmuProperties.with");

  @Test
  void every_method_is_used_by_the_product_or_by_a_module_beside_it() {
    JavaClasses code = CompiledCode.ofAllModules();
    LiveCode live = new LiveCode(code, CompiledCode::isTool);
    Set<String> unused = new TreeSet<>();
    code.that(resideInAnyPackage(CHECKED)).stream()
        .flatMap(type -> type.getMethods().stream())
        .filter(method -> !live.contains(method))
        .filter(method -> !isGenerated(method))
        .forEach(method -> unused.add(name(method)));

    assertThat(unused).isEqualTo(new TreeSet<>(FOR_TESTS));
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
