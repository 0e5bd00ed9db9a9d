package io.vsmmu.control.host;

import static io.vsmmu.testing.StubKernel.DEVICE;
import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.host.kernel.HostProblem;
import io.vsmmu.host.kernel.IommufdHost;
import io.vsmmu.host.uapi.Ioctl;
import io.vsmmu.posix.Errno;
import io.vsmmu.smmu.stimulus.HostOperation;
import io.vsmmu.testing.StubKernel;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An operation that failed while a device was attached, in an operator's words. */
class AttachFailuresTest {

  @TempDir Path folder;
  private StubKernel kernel;
  private LocalHost host;

  @BeforeEach
  void boot() {
    kernel = new StubKernel(folder);
    host = LocalHost.of(new IommufdHost(kernel.paths(), kernel));
  }

  private HostProblem explain(HostOperation.Kind kind, Errno errno) {
    return host.explain(DEVICE, new HostOperation(kind, 1, 0, 0x10, -1, 0, 0, errno.number(), -1));
  }

  @ParameterizedTest
  @CsvSource({
    "ALLOC_VIOMMU, EOPNOTSUPP, NO_NESTING, CANWBS",
    "ALLOC_NESTING_PARENT, EOPNOTSUPP, NO_NESTING, S2FWB",
    "ALLOC_VDEVICE, EOPNOTSUPP, NOT_ONE_STREAM, bridge",
    "ALLOC_IOAS, ENOMEM, NO_MEMORY, LimitMEMLOCK",
    "ALLOC_VEVENTQ, EMFILE, NO_DESCRIPTORS, LimitNOFILE",
    "ATTACH, EBUSY, BUSY, PASIDs",
    "ATTACH, EINVAL, UNEXPECTED, dmesg",
    "ALLOC_HWPT, EIO, UNEXPECTED, dmesg",
    "BIND_DEVICE, EINVAL, BUSY, detach",
    "BIND_DEVICE, EPERM, GROUP_BUSY, one vSMMU",
  })
  void each_has_its_kind_and_its_remedy(
      HostOperation.Kind kind, Errno errno, HostProblem.Kind expected, String remedy) {
    HostProblem problem = explain(kind, errno);

    assertThat(problem.kind()).isEqualTo(expected);
    assertThat(problem.what().field()).isEqualTo(DEVICE);
    assertThat(problem.what().remedy()).contains(remedy);
  }

  @Test
  void a_kernel_that_is_too_old_is_told_with_what_still_works() {
    kernel.write("proc/sys/kernel/osrelease", "6.18.1");
    kernel.refuse(Ioctl.IOMMU_VEVENTQ_ALLOC, Errno.ENOTTY);
    kernel.refuse(Ioctl.VFIO_DEVICE_ATTACH_IOMMUFD_PT, Errno.EINVAL);

    assertThat(explain(HostOperation.Kind.ATTACH, Errno.ENOENT).what().remedy())
        .contains("6.19", "one device per group works");
    assertThat(explain(HostOperation.Kind.ALLOC_VEVENTQ, Errno.ENOTTY).kind())
        .isEqualTo(HostProblem.Kind.OLD_KERNEL);
  }

  @Test
  void an_iommufd_that_does_not_open_is_not_taken_for_a_device_that_does_not_bind() {
    kernel.forbid("iommu");

    HostProblem problem = explain(HostOperation.Kind.BIND_DEVICE, Errno.EACCES);

    assertThat(problem.kind()).isEqualTo(HostProblem.Kind.IOMMUFD_FORBIDDEN);
    assertThat(problem.what().remedy()).contains("udev");
  }
}
