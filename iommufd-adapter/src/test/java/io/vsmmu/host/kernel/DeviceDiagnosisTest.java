package io.vsmmu.host.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.host.HostDescription;
import io.vsmmu.host.HwInfo;
import io.vsmmu.host.SmmuIds;
import io.vsmmu.host.kernel.HostProblem.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeviceDiagnosisTest {

  private static final String DEVICE = "0000:00:03.0";

  @TempDir Path directory;
  private final FakeKernel kernel = new FakeKernel();
  private FakeRoot root;
  private IommufdHost host;

  @BeforeEach
  void plug() throws Exception {
    root = new FakeRoot(directory, kernel);
    host = new IommufdHost(root.paths(), kernel);
    root.smmu(FakeRoot.SMMU);
    root.vfio(DEVICE, FakeRoot.SMMU, 3, 0);
  }

  private Optional<HostProblem> of(Optional<HwInfo> info) {
    return new DeviceDiagnosis(
            host, ids -> ids.idr0() == 0 ? Optional.of("no nesting") : Optional.empty())
        .of(new HostDescription.Device(DEVICE, 3, FakeRoot.SMMU, List.of(0x18), true, info));
  }

  private static Optional<HwInfo> info(int type, int idr0) {
    int[] idr = new int[SmmuIds.IDR_COUNT];
    idr[0] = idr0;
    return Optional.of(new HwInfo(type, SmmuIds.ofIdr(idr, 0, 0), 0, 0));
  }

  @Test
  void a_device_behind_an_smmu_of_two_stages_can_be_given_to_a_guest() {
    assertThat(of(info(HwInfo.TYPE_ARM_SMMUV3, 1))).isEmpty();
  }

  @Test
  void registers_that_do_not_allow_it_or_a_driver_without_iommufd_cannot_nest() {
    assertThat(of(info(HwInfo.TYPE_ARM_SMMUV3, 0)).orElseThrow().what().message())
        .contains("no nesting", "both stages");
    assertThat(of(info(HwInfo.TYPE_NONE, 1)).orElseThrow().what().message())
        .contains("data type 0", "CONFIG_ARM_SMMU_V3_IOMMUFD");
  }

  @Test
  void a_device_without_hw_info_belongs_to_another_process() throws Exception {
    root.write("proc/4711/comm", "qemu\n");
    Files.createDirectories(root.path("proc/4711/fd"));
    Files.createSymbolicLink(root.path("proc/4711/fd/33"), Path.of("/dev/vfio/devices/vfio0"));

    HostProblem problem = of(Optional.empty()).orElseThrow();

    assertThat(problem.kind()).isEqualTo(Kind.BUSY);
    assertThat(problem.what().given()).contains("4711 (qemu)");
  }

  @Test
  void without_an_iommufd_that_is_what_stands_in_the_way() throws Exception {
    Files.delete(root.path("dev/iommu"));

    assertThat(of(Optional.empty()).orElseThrow().kind()).isEqualTo(Kind.NO_IOMMUFD);
  }
}
