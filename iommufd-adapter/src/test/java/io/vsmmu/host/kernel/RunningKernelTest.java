package io.vsmmu.host.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.host.HostDescription;
import io.vsmmu.host.HostResult;
import io.vsmmu.host.HwInfo;
import io.vsmmu.host.IommuContext;
import io.vsmmu.host.KernelSupport;
import io.vsmmu.host.MapAccess;
import io.vsmmu.host.RamSource;
import io.vsmmu.host.uapi.KernelCalls;
import io.vsmmu.posix.DeviceCalls;
import io.vsmmu.posix.Errno;
import io.vsmmu.posix.Fd;
import io.vsmmu.posix.Memfd;
import io.vsmmu.posix.PidFd;
import io.vsmmu.posix.PosixException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The operations of {@link IommufdHost} that the port does not have, and the objects that remain
 * after failures, on the running kernel; skipped where it has no iommufd or no device for it.
 */
@ExtendWith(NeedsHost.class)
class RunningKernelTest {

  private static final long STE_ABORT = 0b0001;
  private static final long STE_BYPASS = 0b1001;
  private static final long VSID = 0x900;
  private static final long PAGE = 4096;
  private static final HostPaths PATHS = HostPaths.system();
  private static final HostCast CAST = new HostCast(PATHS);

  private final IommufdHost host = new IommufdHost();

  @AfterEach
  void withdrawOffers() {
    host.close();
  }

  private static String device() {
    return CAST.device().orElseThrow();
  }

  private static long descriptors() {
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      return open.count();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Fd open() throws PosixException {
    String file = new SysfsTree(PATHS).device(device()).orElseThrow().deviceFile().orElseThrow();
    return DeviceCalls.open(PATHS.vfioDevices().resolve(file));
  }

  @Test
  void the_kernel_and_its_smmus_are_described_without_anything_bound() {
    HostDescription description = host.describe();
    HostDescription.Device own = description.device(device()).orElseThrow();

    assertThat(own.hwInfo().map(HwInfo::dataType)).contains(HwInfo.TYPE_ARM_SMMUV3);
    assertThat(own.streamIds()).hasSize(1);
    assertThat(description.smmus())
        .anyMatch(smmu -> smmu.ids().equals(own.hwInfo().map(HwInfo::ids)));
    assertThat(description.kernel().has(KernelSupport.Feature.VIOMMU_ARM_SMMUV3)).isTrue();
    assertThat(description.kernel().has(KernelSupport.Feature.VFIO_CDEV)).isTrue();
    assertThat(host.describe()).isEqualTo(description);
  }

  @Test
  void a_device_that_one_iommufd_has_is_described_by_others_without_its_hw_info() {
    try (IommufdContext context = host.openContext().value()) {
      int dev = context.bind(device()).value();
      IommufdHost other = new IommufdHost();

      assertThat(other.describe().device(device()).orElseThrow().hwInfo()).isEmpty();
      assertThat(host.describe().device(device()).orElseThrow().hwInfo()).isPresent();
      assertThat(context.hwInfo(dev).isOk()).isTrue();
    }
  }

  @Test
  void who_has_a_device_is_named() {
    try (IommufdContext context = host.openContext().value();
        IommuContext other = host.open().value()) {
      assertThat(host.diagnosis().device(device())).isEmpty();
      context.bind(device()).value();

      Errno errno = other.bind(device()).refusal().orElseThrow();

      assertThat(host.diagnosis().refusedBind(device(), errno).what().message())
          .contains("held by process " + ProcessHandle.current().pid());
    }
  }

  @Test
  void a_device_that_came_as_a_descriptor_is_bound_by_its_address() throws Exception {
    Fd theirs = open();
    assertThat(host.offer(theirs).value()).isEqualTo(device());

    try (IommufdContext context = host.openContext().value()) {
      int dev = context.bind(device()).value();

      assertThat(context.file(dev).value().fd()).isSameAs(theirs);
      assertThat(context.hwInfo(dev).isOk()).isTrue();
    }
    assertThat(theirs.isOpen()).isFalse();
  }

  @Test
  void a_descriptor_of_something_else_is_refused() throws Exception {
    Fd zero = DeviceCalls.open(Path.of("/dev/zero"));
    Fd iommufd = DeviceCalls.open(PATHS.iommu());

    assertThat(host.offer(zero).refusal()).contains(Errno.ENOTTY);
    assertThat(host.offer(iommufd).refusal()).contains(Errno.ENOTTY);
    assertThat(zero.isOpen() || iommufd.isOpen()).isFalse();
  }

  @Test
  void objects_outlive_the_context_while_their_descriptors_are_kept() throws Exception {
    long before = descriptors();
    IommufdContext first = host.openContext().value();
    int dev = first.bind(device()).value();
    int ioas = first.allocIoas().value();
    int s2 = first.allocNestingParent(dev, ioas).value();
    int viommu = first.allocViommu(dev, s2, IommuContext.VIOMMU_TYPE_ARM_SMMUV3).value();
    first.allocVdevice(viommu, dev, VSID).value();
    int bypass = first.allocNestedHwpt(dev, viommu, 0, STE_BYPASS, 0).value();
    first.attach(dev, bypass).value();
    int veventq = first.allocVeventq(viommu, IommuContext.VEVENTQ_TYPE_ARM_SMMUV3, 8).value();
    KeptDescriptors kept = copied(first.descriptors());
    first.close();

    // then: nothing was detached, and everything is as it was
    try (IommufdContext second = host.resume(kept).value()) {
      assertThat(second.destroy(bypass).refusal()).contains(Errno.EBUSY);
      int abort = second.allocNestedHwpt(dev, viommu, 0, STE_ABORT, 0).value();
      assertThat(second.attach(dev, abort).value()).isEqualTo(abort);
      assertThat(second.destroy(bypass).isOk()).isTrue();
      assertThat(second.pollVevents(veventq, 0).value()).isFalse();
      assertThat(second.closeVeventq(veventq).isOk()).isTrue();
      assertThat(second.destroy(veventq).isOk()).isTrue();
      assertThat(second.unbind(dev).isOk()).isTrue();
      assertThat(second.bind(device()).isOk()).isTrue();
    }
    assertThat(descriptors()).isEqualTo(before);
  }

  /** As another process would keep them. */
  private static KeptDescriptors copied(KeptDescriptors kept) throws PosixException {
    try (PidFd ourselves = PidFd.open((int) ProcessHandle.current().pid())) {
      KeptDescriptors.Device device = kept.devices().getFirst();
      KeptDescriptors.Veventq veventq = kept.veventqs().getFirst();
      return new KeptDescriptors(
          ourselves.descriptor(kept.iommufd().number()),
          List.of(
              new KeptDescriptors.Device(
                  device.address(), device.devId(), ourselves.descriptor(device.fd().number()))),
          List.of(
              new KeptDescriptors.Veventq(
                  veventq.id(), ourselves.descriptor(veventq.fd().number()))));
    }
  }

  @Test
  void a_device_of_another_iommufd_is_not_resumed() throws Exception {
    long before = descriptors();
    Fd iommufd = DeviceCalls.open(PATHS.iommu());
    KeptDescriptors wrong =
        new KeptDescriptors(
            iommufd, List.of(new KeptDescriptors.Device(device(), 1, open())), List.of());

    assertThat(host.resume(wrong).refusal()).contains(Errno.ENOENT);
    assertThat(descriptors()).isEqualTo(before);
  }

  @Test
  void whatever_call_fails_nothing_stays_open_and_the_device_is_free() throws Exception {
    FailingCalls calls = new FailingCalls(KernelCalls.system());
    IommufdHost failing = new IommufdHost(PATHS, calls);
    try (Fd ram = Memfd.create("ram", 4 * PAGE)) {
      assertThat(lifeOfAGuest(failing, ram).isOk()).isTrue();
      long before = descriptors();
      calls.fail(-1, Errno.ENOMEM);
      lifeOfAGuest(failing, ram);
      int made = calls.made();
      assertThat(made).isGreaterThanOrEqualTo(15);
      for (Errno errno : List.of(Errno.ENOMEM, Errno.EINTR)) {
        for (int nth = 0; nth < made; nth++) {
          calls.fail(nth, errno);
          lifeOfAGuest(failing, ram);
          assertThat(descriptors()).as("call %d failed with %s", nth, errno).isEqualTo(before);
        }
      }
    }
    try (IommuContext after = host.open().value()) {
      assertThat(after.bind(device()).isOk()).isTrue();
    }
  }

  private static HostResult<HostResult.Done> lifeOfAGuest(IommufdHost host, Fd ram) {
    return host.open()
        .then(
            opened -> {
              try (IommuContext context = opened) {
                return context.bind(device()).then(dev -> lifeOfADevice(context, dev, ram));
              }
            });
  }

  private static HostResult<HostResult.Done> lifeOfADevice(IommuContext context, int dev, Fd ram) {
    return context
        .allocIoas()
        .then(
            ioas ->
                context
                    .map(
                        ioas,
                        0x4000_0000L,
                        4 * PAGE,
                        MapAccess.READ_WRITE,
                        new RamSource.MemfdRange(ram.number(), 0))
                    .then(mapped -> context.allocNestingParent(dev, ioas)))
        .then(s2 -> context.allocViommu(dev, s2, IommuContext.VIOMMU_TYPE_ARM_SMMUV3))
        .then(
            viommu ->
                context
                    .allocVdevice(viommu, dev, VSID)
                    .then(vdevice -> context.allocVeventq(viommu, 1, 4))
                    .then(
                        veventq ->
                            context
                                .pollVevents(veventq, 0)
                                .then(ready -> context.readVevents(veventq, 4)))
                    .then(read -> context.allocNestedHwpt(dev, viommu, 0, STE_BYPASS, 0)))
        .then(hwpt -> context.attach(dev, hwpt))
        .then(hwpt -> context.detach(dev).then(done -> context.destroy(hwpt)))
        .then(done -> context.unbind(dev));
  }
}
