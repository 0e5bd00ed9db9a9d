package io.vsmmu.host.kernel;

import static io.vsmmu.host.KernelSupport.Feature;
import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.host.HostDescription;
import io.vsmmu.host.HostResult;
import io.vsmmu.host.uapi.Ioctl;
import io.vsmmu.posix.DeviceNumber;
import io.vsmmu.posix.Errno;
import io.vsmmu.posix.Fd;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IommufdHostTest {

  private static final String DEVICE = "0000:00:03.0";
  private static final String OTHER = "0000:00:04.0";
  private static final DeviceNumber NUMBER = new DeviceNumber(511, 0);

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
    root.vfio(OTHER, FakeRoot.SMMU, 4, 1);
    root.device("0000:00:08.0", FakeRoot.SMMU, 8);
  }

  private long asked() {
    return Collections.frequency(kernel.requests(), Ioctl.IOMMU_GET_HW_INFO);
  }

  @Test
  void a_device_is_asked_once_for_as_long_as_vfio_holds_it() throws Exception {
    HostDescription first = host.describe();
    HostDescription second = host.describe();

    assertThat(first).isEqualTo(second);
    assertThat(first.device(DEVICE).orElseThrow().hwInfo()).isPresent();
    assertThat(first.device("0000:00:08.0").orElseThrow().boundToVfio()).isFalse();
    assertThat(asked()).isEqualTo(2);
    assertThat(kernel.open()).isZero();

    // when: it leaves vfio and comes back
    Path file = directory.resolve("sys/devices/pci/" + DEVICE + "/vfio-dev/vfio0/dev");
    Files.delete(file);
    assertThat(host.describe().device(DEVICE).orElseThrow().hwInfo()).isEmpty();
    Files.writeString(file, "511:0");

    // then
    assertThat(host.describe().device(DEVICE).orElseThrow().hwInfo()).isPresent();
    assertThat(asked()).isEqualTo(3);
  }

  @Test
  void a_device_that_we_have_bound_is_asked_where_it_is_bound() {
    try (IommufdContext context = host.openContext().value()) {
      context.bind(DEVICE);
      int binds = Collections.frequency(kernel.requests(), Ioctl.VFIO_DEVICE_BIND_IOMMUFD);

      assertThat(host.describe().device(DEVICE).orElseThrow().hwInfo()).isPresent();

      assertThat(Collections.frequency(kernel.requests(), Ioctl.VFIO_DEVICE_BIND_IOMMUFD))
          .isEqualTo(binds + 1);
    }
  }

  @Test
  void the_hw_info_of_a_device_is_remembered_when_another_process_binds_it() {
    HostDescription before = host.describe();
    kernel.refuse(Ioctl.VFIO_DEVICE_BIND_IOMMUFD, Errno.EINVAL);

    assertThat(host.describe()).isEqualTo(before);
  }

  @Test
  void without_iommufd_the_description_says_so_and_names_the_devices() throws Exception {
    Files.delete(root.path("dev/iommu"));

    HostDescription description = host.describe();

    assertThat(description.kernel().missing()).contains(Feature.IOMMUFD, Feature.VEVENTQ);
    assertThat(description.kernel().has(Feature.VFIO_CDEV)).isTrue();
    assertThat(description.devices()).hasSize(3);
    assertThat(description.devices()).allMatch(device -> device.hwInfo().isEmpty());
    assertThat(host.open().refusal()).contains(Errno.ENOENT);
  }

  @Test
  void what_a_request_does_not_know_and_what_is_too_old_is_missing() throws Exception {
    root.write("proc/sys/kernel/osrelease", "6.14.1");
    root.write("proc/devices", "1 mem");
    kernel.refuse(Ioctl.IOMMU_VEVENTQ_ALLOC, Errno.ENOTTY);
    kernel.refuse(Ioctl.IOMMU_VIOMMU_ALLOC, Errno.ENOENT);
    kernel.refuse(Ioctl.IOMMU_IOAS_MAP_FILE, Errno.ENOENT);
    kernel.refuse(Ioctl.VFIO_DEVICE_BIND_IOMMUFD, Errno.ENOTTY);

    assertThat(host.describe().kernel().missing())
        .containsExactly(
            Feature.VFIO_CDEV,
            Feature.VEVENTQ,
            Feature.ATTACH_WITHOUT_VDEVICE,
            Feature.ATS_NOT_SUPPORTED_CAPABILITY);
  }

  @Test
  void a_kernel_is_tried_for_attaching_without_a_vdevice_whatever_its_release() throws Exception {
    root.write("proc/sys/kernel/osrelease", "6.12.0-distribution");

    assertThat(host.describe().kernel().has(Feature.ATTACH_WITHOUT_VDEVICE)).isTrue();
  }

  @Test
  void a_kernel_that_refuses_to_attach_without_a_vdevice_lacks_it_whatever_its_release() {
    kernel.refuse(Ioctl.VFIO_DEVICE_ATTACH_IOMMUFD_PT, Errno.ENOENT);

    assertThat(host.describe().kernel().has(Feature.ATTACH_WITHOUT_VDEVICE)).isFalse();
  }

  @Test
  void whatever_call_fails_nothing_stays_open() {
    int calls = lifeOfADevice();
    assertThat(kernel.open()).isZero();
    assertThat(calls).isGreaterThan(8);
    for (int nth = 0; nth < calls; nth++) {
      kernel.fail(nth, Errno.ENOMEM);
      lifeOfADevice();
      assertThat(kernel.open()).as("call %d failed", nth).isZero();
    }
  }

  /** Gives the calls made. */
  private int lifeOfADevice() {
    int before = kernel.calls();
    host.describe();
    host.offer(kernel.foreign(NUMBER));
    HostResult<IommufdContext> opened = host.openContext();
    if (opened.isOk()) {
      try (IommufdContext context = opened.value()) {
        context.bind(DEVICE);
        context.bind(OTHER).then(context::unbind);
        context.allocIoas();
      }
    }
    host.close();
    return kernel.calls() - before;
  }

  @Test
  void an_offered_device_is_bound_by_its_address_without_opening_its_file() throws Exception {
    Fd theirs = kernel.foreign(NUMBER);

    assertThat(host.offer(theirs).value()).isEqualTo(DEVICE);
    Files.delete(root.path("dev/vfio/devices/vfio0"));

    try (IommufdContext context = host.openContext().value()) {
      int devId = context.bind(DEVICE).value();
      assertThat(context.file(devId).value().fd()).isSameAs(theirs);
    }
    assertThat(theirs.isOpen()).isFalse();
  }

  @Test
  void an_offer_is_kept_when_binding_it_fails_and_closed_when_it_is_withdrawn() {
    Fd theirs = kernel.foreign(NUMBER);
    host.offer(theirs);
    kernel.refuse(Ioctl.VFIO_DEVICE_BIND_IOMMUFD, Errno.EPERM);

    try (IommufdContext context = host.openContext().value()) {
      assertThat(context.bind(DEVICE).refusal()).contains(Errno.EPERM);
    }
    assertThat(theirs.isOpen()).isTrue();

    host.withdraw(DEVICE);
    assertThat(theirs.isOpen()).isFalse();
  }

  @Test
  void a_descriptor_that_is_no_device_is_refused_and_closed() {
    Fd wrong = kernel.foreign(null);
    Fd other = kernel.foreign(new DeviceNumber(1, 5));

    assertThat(host.offer(wrong).refusal()).contains(Errno.ENOTTY);
    assertThat(host.offer(other).refusal()).contains(Errno.ENOTTY);
    assertThat(kernel.open()).isZero();
  }

  @Test
  void kept_descriptors_make_the_context_again() {
    // given
    IommufdContext before = host.openContext().value();
    int devId = before.bind(DEVICE).value();
    KeptDescriptors kept = before.descriptors();

    // when
    IommufdContext after = host.resume(kept).value();

    // then
    assertThat(after.descriptors()).isEqualTo(kept);
    assertThat(after.attach(devId, 1).isOk()).isTrue();
    after.close();
    assertThat(kernel.open()).isZero();
  }

  @Test
  void descriptors_that_are_not_what_they_are_said_to_be_are_closed() {
    Fd iommufd = kernel.foreign(null);
    Fd device = kernel.foreign(new DeviceNumber(511, 1));
    KeptDescriptors wrong =
        new KeptDescriptors(
            iommufd, List.of(new KeptDescriptors.Device(DEVICE, 1, device)), List.of());

    assertThat(host.resume(wrong).refusal()).contains(Errno.ENOTTY);
    assertThat(kernel.open()).isZero();
  }

  @Test
  void an_id_of_no_own_object_gives_enoent_and_a_closed_context_ebadf() {
    IommufdContext context = host.openContext().value();

    assertThat(context.attach(7, 1).refusal()).contains(Errno.ENOENT);
    assertThat(context.unbind(7).refusal()).contains(Errno.ENOENT);
    assertThat(context.readVevents(7, 1).refusal()).contains(Errno.ENOENT);
    assertThat(context.bind("0000:7f:00.0").refusal()).contains(Errno.ENOENT);
    assertThat(context.bind("0000:00:08.0").refusal()).contains(Errno.ENOENT);

    context.close();
    context.close();
    assertThat(context.bind(DEVICE).refusal()).contains(Errno.EBADF);
    assertThat(context.attach(7, 1).refusal()).contains(Errno.EBADF);
    assertThat(context.allocIoas().refusal()).contains(Errno.EBADF);
  }
}
