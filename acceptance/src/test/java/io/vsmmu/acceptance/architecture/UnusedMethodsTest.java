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

  /**
   * All packages but three. What io.vsmmu.host.simulated shows of itself is for tests. In
   * io.vsmmu.smmu.spec, scripted guests and tests encode what the model decodes. The columns of the
   * tables in io.vsmmu.smmu.rules are compared with the specification by tests.
   */
  private static final String[] CHECKED = {
    "io.vsmmu.cli..",
    "io.vsmmu.control..",
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
    "io.vsmmu.rest..",
    "io.vsmmu.smmu.aggregate..",
    "io.vsmmu.smmu.bits..",
    "io.vsmmu.smmu.event..",
    "io.vsmmu.smmu.model..",
    "io.vsmmu.smmu.stimulus..",
    "io.vsmmu.smmu.wire..",
    "io.vsmmu.vfiouser.."
  };

  /**
   * Methods for the modules that are no part of the product: bench, differential and testing, and
   * the tests of several modules, start databases, append to logs, wait for a function or a log to
   * catch up, import a recording without a client, read a state and the position of an error, act
   * as a VMM with memory of its own, and share simulated devices, which have no descriptors.
   */
  private static final Set<String> FOR_OTHER_MODULES =
      Set.of(
          "CommandCounts.of",
          "CommandCounts.total",
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
          "HostDevice.withGroupMates",
          "HostDevice.withOwnedByVmm",
          "ImportRequest.of",
          "InvalidationBatch.slice",
          "Ioctl.ofRequest",
          "Ioctl.struct",
          "IommuCall.arguments",
          "IommufdContext.file",
          "IommufdHost.resume",
          "LogWriter.append",
          "MalformedEventException.field",
          "MalformedEventException.offset",
          "MalformedEventException.type",
          "Memfd.create",
          "Memfd.resize",
          "RecordingService.importFrom",
          "SmmuFunction.finishWork",
          "Vevent.sequence",
          "VmmContext.refusal",
          "VmmDevices.reopened",
          "VmmDevices.useVmmIommufd",
          "WireWriter.reset",
          "WireWriter.size",
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
