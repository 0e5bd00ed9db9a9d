package io.vsmmu.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.cli.command.DoctorCommand;
import io.vsmmu.cli.doctor.SystemAccess;
import io.vsmmu.cli.output.ExitCode;
import io.vsmmu.host.uapi.Ioctl;
import io.vsmmu.posix.Errno;
import io.vsmmu.testing.StubKernel;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIf;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@Tag("slow")
class DoctorTest {

  @TempDir Path folder;
  private final Map<String, String> environment = new HashMap<>();
  private StubKernel kernel;

  @BeforeEach
  void boot() {
    kernel = new StubKernel(folder);
    kernel.write("proc/self/status", "CapEff:\t0000000000000000\n");
    limits("8388608", "20000");
  }

  private void limits(String memory, String files) {
    kernel.write(
        "proc/self/limits",
        """
        Limit                     Soft Limit           Hard Limit           Units
        Max open files            %s                20000                files
        Max locked memory         %s              8388608              bytes
        """
            .formatted(files, memory));
  }

  private Invocation doctor(String... arguments) {
    StringWriter out = new StringWriter();
    SystemAccess surroundings = new SystemAccess(environment, kernel.paths(), kernel);
    int code =
        new CommandLine(new DoctorCommand(() -> surroundings))
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setOut(new PrintWriter(out))
            .execute(arguments);
    return new Invocation(code, out.toString(), "");
  }

  @Test
  void a_machine_with_a_device_for_a_guest_is_usable() {
    Invocation run = doctor();

    assertThat(run.code()).as(run.out()).isZero();
    assertThat(run.out())
        .contains("ok       kernel: 7.3.4-stub has all that is needed")
        .contains("ok       smmu " + StubKernel.SMMU + ": nesting yes, oas 48, sidsize 16")
        .contains("ok       device 0000:01:00.0: can be given to a guest; iommu group 1")
        .contains("note     device 0000:03:00.0: driver e1000e")
        .contains("driverctl set-override 0000:03:00.0 vfio-pci")
        .contains("./vsmmu serve --host iommufd");
  }

  @Test
  void json_has_the_same_findings() {
    JsonNode report = JsonMapper.shared().readTree(doctor("-o", "json").out());

    assertThat(report.path("usable").asBoolean()).isTrue();
    assertThat(report.path("findings").valueStream().map(f -> f.path("subject").asString()))
        .contains("java", "host", "kernel", "memlock", "nofile", "systemd", "postgresql");
  }

  @Test
  void without_iommufd_it_says_what_to_load_and_that_the_simulated_host_works() throws Exception {
    kernel.remove("dev/iommu");

    Invocation run = doctor();

    assertThat(run.code()).isEqualTo(ExitCode.NO.value());
    assertThat(run.out())
        .contains("ENOENT", "modprobe iommufd")
        .contains("problem  devices: none can be given to a guest")
        .contains("The simulated host works: ./vsmmu serve\n");
  }

  @Test
  @DisabledIf("hasIommufd")
  void this_machine_without_iommufd_is_told_plainly() {
    Invocation run = Invocation.of("doctor");

    assertThat(run.code()).isEqualTo(ExitCode.NO.value());
    assertThat(run.out()).contains("/dev/iommu: ENOENT", "The simulated host works");
    assertThat(run.err()).isEmpty();
  }

  static boolean hasIommufd() {
    return Files.exists(Path.of("/dev/iommu"));
  }

  @Test
  void a_feature_that_only_limits_is_a_note_and_one_that_is_needed_a_problem() {
    kernel.refuse(Ioctl.IOMMU_VEVENTQ_ALLOC, Errno.ENOTTY);
    Invocation limited = doctor();
    kernel.refuse(Ioctl.IOMMU_VIOMMU_ALLOC, Errno.ENOTTY);
    Invocation without = doctor();

    assertThat(limited.code()).isZero();
    assertThat(limited.out())
        .contains("note     kernel: 7.3.4-stub lacks VEVENTQ (there from 6.15 on)")
        .contains("faults of devices reach neither the guest nor the log; all else works");
    assertThat(without.code()).isEqualTo(ExitCode.NO.value());
    assertThat(without.out()).contains("problem  kernel: 7.3.4-stub lacks VIOMMU_ARM_SMMUV3");
  }

  @Test
  void small_limits_are_told_with_what_they_mean() {
    limits("65536", "1024");

    assertThat(doctor().out())
        .contains("note     memlock: 0 MiB", "all of its RAM is pinned", "LimitMEMLOCK=")
        .contains("note     nofile: 1024", "LimitNOFILE=");
  }

  @Test
  void no_limit_and_the_capability_are_no_notes() {
    limits("unlimited", "unlimited");
    assertThat(doctor().out())
        .contains("ok       memlock: unlimited", "ok       nofile: unlimited");

    kernel.write("proc/self/status", "CapEff:\t0000000000004000\n");
    assertThat(doctor().out()).contains("ok       memlock: no limit for this process");
  }

  @Test
  void a_store_of_descriptors_is_seen() {
    assertThat(doctor().out()).contains("note     systemd: keeps no descriptors");

    environment.putAll(Map.of("NOTIFY_SOCKET", "/run/systemd/notify", "FDSTORE", "256"));
    assertThat(doctor().out()).contains("ok       systemd: keeps 256 descriptors");
  }

  @Test
  void a_database_is_asked_only_if_configured_and_its_password_is_not_shown() throws Exception {
    assertThat(doctor().out()).contains("ok       postgresql: the service brings its own");

    // given: a port on which no process listens
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      environment.put(
          "SPRING_DATASOURCE_URL",
          "jdbc:postgresql://127.0.0.1:%d/vsmmu?password=secret".formatted(free.getLocalPort()));
    }
    Invocation run = doctor();

    assertThat(run.code()).isEqualTo(ExitCode.NO.value());
    assertThat(run.out())
        .contains("problem  postgresql: jdbc:postgresql://127.0.0.1:", "refused")
        .contains("The service cannot start with this PostgreSQL")
        .doesNotContain("secret");
  }
}
