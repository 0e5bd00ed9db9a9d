package io.vsmmu.host.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.host.InvalidationBatch;
import io.vsmmu.host.InvalidationReport;
import io.vsmmu.host.MapAccess;
import io.vsmmu.host.uapi.HwptRequest;
import io.vsmmu.host.uapi.Iommufd;
import io.vsmmu.host.uapi.IovaRanges;
import io.vsmmu.host.uapi.KernelCalls;
import io.vsmmu.host.uapi.UapiConstants;
import io.vsmmu.host.uapi.UapiLimits;
import io.vsmmu.host.uapi.VfioDevice;
import io.vsmmu.posix.Errno;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Requests of which the port uses only a part, on the running kernel. */
@ExtendWith(NeedsHost.class)
class UapiOnKernelTest {

  private static final long PAGE = 4096;
  private static final long BASE = 0x4000_0000L;
  private static final HostPaths PATHS = HostPaths.system();
  private static final HostCast CAST = new HostCast(PATHS);

  private Iommufd iommufd;
  private VfioDevice device;
  private int dev;

  @BeforeEach
  void bind() {
    String file =
        new SysfsTree(PATHS)
            .device(CAST.device().orElseThrow())
            .flatMap(PciDevice::deviceFile)
            .orElseThrow();
    iommufd = Iommufd.open(KernelCalls.system(), PATHS.iommu()).value();
    device = VfioDevice.open(KernelCalls.system(), PATHS.vfioDevices().resolve(file)).value();
    dev = device.bind(iommufd).value();
  }

  @AfterEach
  void free() {
    device.close();
    iommufd.close();
  }

  @Test
  void an_address_space_is_whole_until_a_page_table_narrows_it() {
    int ioas = iommufd.ioas().alloc().value();
    IovaRanges free = iommufd.ioas().iovaRanges(ioas).value();
    iommufd.hwpts().alloc(HwptRequest.nestingParent(dev, ioas)).value();
    IovaRanges paged = iommufd.ioas().iovaRanges(ioas).value();

    assertThat(free.ranges()).containsExactly(new IovaRanges.Range(0, -1));
    assertThat(free.alignment()).isEqualTo(1);
    assertThat(paged.alignment()).isEqualTo(PAGE);
    assertThat(paged.ranges().getLast().last()).isPositive();
  }

  @Test
  void memory_of_this_process_is_mapped_and_unmapped() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment ram = arena.allocate(2 * PAGE, PAGE);
      int from = iommufd.ioas().alloc().value();

      assertThat(
              iommufd.ioas().map(from, BASE, 2 * PAGE, MapAccess.READ_WRITE, ram.address()).isOk())
          .isTrue();
      assertThat(iommufd.ioas().unmap(from, 0, -1).value()).isEqualTo(2 * PAGE);
    }
  }

  @Test
  void what_only_tegra_has_is_not_supported() {
    int ioas = iommufd.ioas().alloc().value();
    int s2 = iommufd.hwpts().alloc(HwptRequest.nestingParent(dev, ioas)).value();
    int viommu =
        iommufd.viommus().alloc(UapiConstants.IOMMU_VIOMMU_TYPE_ARM_SMMUV3, dev, s2).value();

    assertThat(iommufd.hwInfo().tegra241(dev).refusal()).contains(Errno.EOPNOTSUPP);
    assertThat(iommufd.viommus().allocTegra241(dev, s2).refusal()).contains(Errno.EOPNOTSUPP);
    assertThat(
            iommufd
                .viommus()
                .allocHwQueue(
                    viommu, UapiConstants.IOMMU_HW_QUEUE_TYPE_TEGRA241_CMDQV, 0, BASE, PAGE)
                .refusal())
        .contains(Errno.EOPNOTSUPP);
  }

  @Test
  void a_batch_beyond_the_kept_memory_is_issued_as_well() {
    int ioas = iommufd.ioas().alloc().value();
    int s2 = iommufd.hwpts().alloc(HwptRequest.nestingParent(dev, ioas)).value();
    int viommu =
        iommufd.viommus().alloc(UapiConstants.IOMMU_VIOMMU_TYPE_ARM_SMMUV3, dev, s2).value();
    long[] words = new long[2 * (UapiLimits.KEPT_INVALIDATION_ENTRIES + 1)];
    for (int i = 0; i < words.length; i += 2) {
      words[i] = 0x11 | (long) (i & 0xFF) << 48;
    }

    assertThat(iommufd.invalidation().issue(viommu, InvalidationBatch.of(words)))
        .isEqualTo(InvalidationReport.complete(UapiLimits.KEPT_INVALIDATION_ENTRIES + 1));
  }

  @Test
  void a_device_shows_its_regions() {
    VfioDevice.Region config = device.region(UapiConstants.VFIO_PCI_CONFIG_REGION_INDEX).value();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment vendor = arena.allocate(ValueLayout.JAVA_INT);
      device.read(config, 0, vendor).value();

      assertThat(device.info().value().flags() & UapiConstants.VFIO_DEVICE_FLAGS_PCI).isNotZero();
      assertThat(config.size()).isIn(256L, 4096L);
      assertThat(vendor.get(ValueLayout.JAVA_INT, 0)).isNotIn(0, -1);
    }
    assertThat(device.region(device.info().value().regions()).refusal()).contains(Errno.EINVAL);
  }
}
