package io.vsmmu.host.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.vsmmu.host.kernel.HostProblem.Kind;
import io.vsmmu.posix.Errno;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostDiagnosisTest {

  private static final String DEVICE = "0000:00:03.0";

  @TempDir Path directory;
  private final FakeKernel kernel = new FakeKernel();
  private FakeRoot root;
  private HostDiagnosis diagnosis;

  @BeforeEach
  void plug() throws Exception {
    root = new FakeRoot(directory, kernel);
    diagnosis = new IommufdHost(root.paths(), kernel).diagnosis();
    root.smmu(FakeRoot.SMMU);
    root.vfio(DEVICE, FakeRoot.SMMU, 3, 0);
  }

  private void assertDevice(String address, Kind kind, String... parts) {
    HostProblem problem = diagnosis.device(address).orElseThrow();
    assertThat(problem.kind()).isEqualTo(kind);
    assertThat(problem.what().message()).contains(parts);
  }

  @Test
  void a_device_that_can_be_had_has_no_problem() {
    assertThat(diagnosis.host()).isEmpty();
    assertThat(diagnosis.device(DEVICE)).isEmpty();
    assertThat(kernel.open()).isZero();
  }

  @Test
  void a_host_without_iommufd_is_reported_with_the_advice_to_load_it() throws Exception {
    Files.delete(root.path("dev/iommu"));

    assertThat(diagnosis.host()).extracting(HostProblem::kind).containsExactly(Kind.NO_IOMMUFD);
    assertThat(diagnosis.host().getFirst().what().message()).contains("ENOENT", "modprobe iommufd");
  }

  @Test
  void a_file_that_may_not_be_opened_is_a_problem_of_its_own() throws Exception {
    HostPaths paths = root.paths();
    HostPaths forbidden =
        new HostPaths(
            directory.resolve("dev/forbidden"), paths.vfioDevices(), paths.sysfs(), paths.proc());
    root.write("dev/forbidden", "");

    assertThat(new IommufdHost(forbidden, kernel).diagnosis().host())
        .extracting(HostProblem::kind, it -> it.what().given())
        .containsExactly(tuple(Kind.IOMMUFD_FORBIDDEN, "EACCES"));
  }

  @Test
  void a_host_without_an_smmu_or_without_devices_is_reported(@TempDir Path empty) throws Exception {
    FakeRoot bare = new FakeRoot(empty, kernel);
    HostDiagnosis none = new IommufdHost(bare.paths(), kernel).diagnosis();
    assertThat(none.host()).extracting(HostProblem::kind).containsExactly(Kind.NO_SMMU);

    bare.smmu(FakeRoot.SMMU);
    bare.device(DEVICE, FakeRoot.SMMU, 3);
    assertThat(none.host()).extracting(HostProblem::kind).containsExactly(Kind.NO_VFIO_DEVICE);
  }

  @Test
  void each_reason_why_a_device_cannot_be_bound_has_its_remedy() throws Exception {
    root.device("0000:00:04.0", FakeRoot.SMMU, 4);
    root.device("0000:00:05.0", FakeRoot.SMMU, 5);
    root.driver("0000:00:05.0", "e1000e");
    root.device("0000:00:06.0", "dmar0", 6);
    root.device("0000:00:07.0", FakeRoot.SMMU, 7);
    root.driver("0000:00:07.0", "vfio-pci");
    root.vfio("0000:00:09.0", FakeRoot.SMMU, 9, 9);
    Files.delete(root.path("dev/vfio/devices/vfio9"));
    root.vfio("0000:00:0a.0", FakeRoot.SMMU, 10, 10);
    root.device("0000:00:0a.1", FakeRoot.SMMU, 10);
    root.driver("0000:00:0a.1", "nvme");
    root.device("0000:00:0b.0", FakeRoot.SMMU, 11);
    root.write("sys/devices/pci/0000:00:0b.0/class", "0x060400\n");
    root.driver("0000:00:0b.0", "pcieport");
    root.vfio("0000:01:00.0", FakeRoot.SMMU, 11, 11);

    assertDevice("0000:00:1f.0", Kind.NO_SUCH_DEVICE, "lspci");
    assertDevice("../etc", Kind.NO_SUCH_DEVICE, "../etc");
    assertDevice("0000:00:04.0", Kind.NO_DRIVER, "set-override 0000:00:04.0 vfio-pci");
    assertDevice("0000:00:05.0", Kind.OTHER_DRIVER, "driver e1000e", "vfio-pci");
    assertDevice("0000:00:06.0", Kind.NOT_BEHIND_SMMU, "no SMMUv3");
    assertDevice("0000:00:07.0", Kind.NO_DEVICE_FILE, "CONFIG_VFIO_DEVICE_CDEV");
    assertDevice("0000:00:09.0", Kind.NO_DEVICE_FILE, "devtmpfs");
    assertDevice("0000:00:0a.0", Kind.GROUP_NOT_VIABLE, "0000:00:0a.1", "nvme");
    assertDevice("0000:00:0b.0", Kind.BRIDGE, "bridge", "what is behind it");
    assertDevice("0000:01:00.0", Kind.GROUP_NOT_VIABLE, "0000:00:0b.0", "ACS");
  }

  @ParameterizedTest
  @CsvSource({
    "EINVAL, BUSY",
    "EPERM, GROUP_BUSY",
    "ENODEV, GONE",
    "EMFILE, NO_DESCRIPTORS",
    "ENOMEM, NO_MEMORY",
    "EIO, UNEXPECTED"
  })
  void an_unforeseen_error_of_a_bind_is_explained(Errno errno, Kind kind) {
    HostProblem problem = diagnosis.refusedBind(DEVICE, errno);

    assertThat(problem.kind()).isEqualTo(kind);
    assertThat(problem.what().field()).isEqualTo(DEVICE);
    assertThat(problem.what().remedy()).isNotBlank();
  }

  @Test
  void who_has_the_device_is_named() throws Exception {
    root.write("proc/4711/comm", "qemu-system-aar\n");
    Files.createDirectories(root.path("proc/4711/fd"));
    Files.createSymbolicLink(root.path("proc/4711/fd/33"), Path.of("/dev/vfio/devices/vfio0"));

    assertThat(diagnosis.refusedBind(DEVICE, Errno.EINVAL).what().message())
        .contains("held by process 4711 (qemu-system-aar)");
  }
}
