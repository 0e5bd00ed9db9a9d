package io.vsmmu.host.simulated;

import static io.vsmmu.host.HostUnderTest.ATC_INV;
import static io.vsmmu.host.HostUnderTest.CFGI_CD;
import static io.vsmmu.host.HostUnderTest.SID_FIELD;
import static io.vsmmu.host.HostUnderTest.STE_ABORT;
import static io.vsmmu.host.HostUnderTest.STE_BYPASS;
import static io.vsmmu.host.HostUnderTest.TLBI_NH_VA;
import static io.vsmmu.host.HostUnderTest.TLBI_NSNH_ALL;
import static io.vsmmu.host.HostUnderTest.VSID;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vsmmu.host.HostDescription;
import io.vsmmu.host.HostResult;
import io.vsmmu.host.HwInfo;
import io.vsmmu.host.InvalidationBatch;
import io.vsmmu.host.IommuContext;
import io.vsmmu.host.KernelSupport.Feature;
import io.vsmmu.host.SmmuIds;
import io.vsmmu.posix.Errno;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** The operations that a host allows depend on its SMMUs, devices and kernel. */
class TopologyRulesTest {

  private static final String DEVICE = "0000:01:00.0";
  private static final long VA = 0x1000;
  private static final long TG_4K = 1L << 10;
  private static final long TG_16K = 2L << 10;
  private static final long TTL_1 = 1L << 8;
  private static final long NUM_1 = 1L << 12;
  private static final long SCALE_32 = 32L << 20;

  private static SimulatedHost host(UnaryOperator<Topology.Smmu> smmu) {
    return new SimulatedHost(
        TopologyBuilder.standard().changeSmmu(TopologyBuilder.SMMU0, smmu).build());
  }

  private static SimulatedHost deviceHost(UnaryOperator<Topology.Device> device) {
    return new SimulatedHost(TopologyBuilder.standard().changeDevice(DEVICE, device).build());
  }

  private static SimulatedHost fields(Map<IdMask, Integer> changes) {
    SmmuIds ids = TopologyBuilder.ids(changes);
    return host(smmu -> smmu.withIds(ids));
  }

  private static TestGuest guest(SimulatedHost host) {
    return TestGuest.on(host, DEVICE);
  }

  private static Optional<Errno> invalidation(SimulatedHost host, long word0, long word1) {
    TestGuest guest = guest(host);
    guest.context().allocVdevice(guest.viommu(), guest.dev(), VSID);
    return guest.context().invalidate(guest.viommu(), InvalidationBatch.of(word0, word1)).errno();
  }

  @Test
  void smmu_without_two_stages_gives_no_nesting_parent() {
    IommuContext context = host(smmu -> smmu.withNesting(false)).open().value();
    int dev = context.bind(DEVICE).value();
    assertThat(context.allocNestingParent(dev, context.allocIoas().value()).refusal())
        .contains(Errno.EOPNOTSUPP);
  }

  @Test
  void incoherent_smmu_gives_no_viommu() {
    IommuContext context = host(smmu -> smmu.withCoherent(false)).open().value();
    int dev = context.bind(DEVICE).value();
    int s2 = context.allocNestingParent(dev, context.allocIoas().value()).value();
    assertThat(context.allocViommu(dev, s2, IommuContext.VIOMMU_TYPE_ARM_SMMUV3).refusal())
        .contains(Errno.EOPNOTSUPP);
  }

  @Test
  void device_with_two_stream_ids_gets_no_vdevice() {
    TestGuest guest = guest(deviceHost(device -> device.withStreamIds(List.of(0x100, 0x101))));
    assertThat(guest.context().allocVdevice(guest.viommu(), guest.dev(), VSID).refusal())
        .contains(Errno.EOPNOTSUPP);
    assertThat(guest.host().objects().vdevices()).isZero();
  }

  @Test
  void device_whose_ssids_are_in_use_takes_no_stage_2() {
    TestGuest guest = guest(deviceHost(device -> device.withSsidsInUse(true)));
    IommuContext context = guest.context();
    int abort = context.allocNestedHwpt(guest.dev(), guest.viommu(), 0, STE_ABORT, 0).value();
    assertThat(context.attach(guest.dev(), abort).refusal()).contains(Errno.EBUSY);
    assertThat(context.attach(guest.dev(), guest.s2()).refusal()).contains(Errno.EBUSY);
    assertThat(context.attach(guest.dev(), guest.ioas()).isOk()).isTrue();
  }

  @Test
  void device_without_vfio_cannot_be_bound_and_says_so() {
    SimulatedHost host = deviceHost(device -> device.withBoundToVfio(false));
    assertThat(host.open().value().bind(DEVICE).refusal()).contains(Errno.ENOENT);
    assertThat(host.describe().device(DEVICE).orElseThrow().boundToVfio()).isFalse();
    assertThat(host.describe().device(DEVICE).orElseThrow().hwInfo()).isEmpty();
  }

  @Test
  void device_without_ats_says_so_where_the_kernel_can() {
    UnaryOperator<Topology.Device> noAts = device -> device.withAts(false);
    Topology current = TopologyBuilder.standard().changeDevice(DEVICE, noAts).build();
    Topology older =
        new Topology(
            current.smmus(), current.devices(), new Topology.Kernel("6.18", true, true, false));
    assertThat(info(new SimulatedHost(current)).atsNotSupported()).isTrue();
    assertThat(info(new SimulatedHost(older)).atsNotSupported()).isFalse();
    assertThat(info(SimulatedHost.standard()).atsNotSupported()).isFalse();
  }

  @Test
  void where_the_kernel_does_not_report_ats_the_capability_of_the_device_decides() {
    for (boolean ats : List.of(true, false)) {
      Topology older =
          TopologyBuilder.standard()
              .kernel(new Topology.Kernel("6.18", true, true, false))
              .changeDevice(DEVICE, device -> device.withAts(ats))
              .build();

      HostDescription.Device described =
          new SimulatedHost(older).describe().device(DEVICE).orElseThrow();

      assertThat(described.hwInfo().orElseThrow().atsNotSupported()).isEqualTo(!ats);
    }
  }

  private static HwInfo info(SimulatedHost host) {
    IommuContext context = host.open().value();
    return context.hwInfo(context.bind(DEVICE).value()).value();
  }

  @Test
  void older_kernel_refuses_abort_and_bypass_without_a_vdevice() {
    SimulatedHost host = kernel(new Topology.Kernel("6.18.0", false, true, false));
    TestGuest guest = guest(host);
    int bypass =
        guest.context().allocNestedHwpt(guest.dev(), guest.viommu(), 0, STE_BYPASS, 0).value();
    assertThat(guest.context().attach(guest.dev(), bypass).refusal()).contains(Errno.ENOENT);
    guest.context().allocVdevice(guest.viommu(), guest.dev(), VSID);
    assertThat(guest.context().attach(guest.dev(), bypass).isOk()).isTrue();
    assertThat(host.describe().kernel().missing())
        .containsExactly(Feature.ATTACH_WITHOUT_VDEVICE, Feature.ATS_NOT_SUPPORTED_CAPABILITY);
  }

  @Test
  void kernel_without_veventqs_does_not_know_the_ioctl() {
    TestGuest guest = guest(kernel(new Topology.Kernel("6.14", false, false, false)));
    assertThat(guest.context().allocVeventq(guest.viommu(), 1, 4).refusal()).contains(Errno.ENOTTY);
  }

  private static SimulatedHost kernel(Topology.Kernel kernel) {
    return new SimulatedHost(TopologyBuilder.standard().kernel(kernel).build());
  }

  @Test
  void range_needs_an_smmu_with_ril() {
    SimulatedHost host = fields(Map.of(IdMask.RIL, 0));
    assertThat(invalidation(host, TLBI_NH_VA | NUM_1, VA | TG_4K)).contains(Errno.EIO);
  }

  @Test
  void atc_invalidation_needs_an_smmu_with_ats() {
    assertThat(invalidation(fields(Map.of(IdMask.ATS, 0)), ATC_INV | SID_FIELD, VA))
        .contains(Errno.EIO);
  }

  @Test
  void substream_needs_an_smmu_with_substreams() {
    long ssid = 5L << 12;
    long ssv = 1L << 11;
    Map<IdMask, Integer> none = Map.of(IdMask.SSIDSIZE, 0);
    assertThat(invalidation(fields(none), ATC_INV | SID_FIELD | ssv, VA)).contains(Errno.EIO);
    assertThat(invalidation(fields(none), ATC_INV | SID_FIELD | ssid, VA)).contains(Errno.EIO);
    assertThat(invalidation(fields(none), CFGI_CD | SID_FIELD | ssid, 0)).contains(Errno.EIO);
    assertThat(invalidation(fields(none), CFGI_CD | SID_FIELD, 0)).isEmpty();
  }

  @Test
  void ds_allows_scale_above_31_and_ttl_1_with_16k() {
    Map<IdMask, Integer> ds = Map.of(IdMask.DS, 1);
    assertThat(invalidation(fields(ds), TLBI_NH_VA | SCALE_32, VA | TG_4K)).isEmpty();
    assertThat(invalidation(fields(ds), TLBI_NH_VA | NUM_1, VA | TG_16K | TTL_1)).isEmpty();
  }

  @Test
  void host_puts_its_own_vmid_and_stream_id_into_commands() {
    SimulatedHost host = SimulatedHost.standard();
    TestGuest guest = guest(host);
    guest.context().allocVdevice(guest.viommu(), guest.dev(), VSID);
    guest
        .context()
        .invalidate(
            guest.viommu(),
            InvalidationBatch.of(
                TLBI_NSNH_ALL, 0, TLBI_NH_VA | 0xBADL << 32, VA, CFGI_CD | SID_FIELD, 1));
    List<IssuedCommand> issued = host.issued(guest.context(), guest.viommu());
    assertThat(issued)
        .extracting(IssuedCommand::host0)
        .containsExactly(0x10 | 1L << 32, TLBI_NH_VA | 1L << 32, CFGI_CD | 0x100L << 32);
    assertThat(issued).extracting(IssuedCommand::host1).containsExactly(0L, VA, 1L);
  }

  @Test
  void recorded_host_has_its_registers_and_devices() {
    SmmuIds ids = SmmuIds.ofIdr(new int[] {0x0D4F_3A3F, 1, 2, 3, 4, 5}, 6, 7);
    SimulatedHost host =
        new SimulatedHost(
            TopologyBuilder.recorded(ids, List.of("0000:00:03.0", "0000:00:04.0")).build());
    assertThat(host.describe().smmus())
        .singleElement()
        .satisfies(smmu -> assertThat(smmu.ids()).contains(ids));
    assertThat(host.describe().devices())
        .extracting(device -> device.iommuGroup())
        .doesNotHaveDuplicates();
    assertThat(TestGuest.on(host, "0000:00:03.0").viommu()).isPositive();
  }

  @Test
  void malformed_topology_names_field_value_and_what_is_allowed() {
    TopologyBuilder twice =
        TopologyBuilder.standard().device(TopologyBuilder.device(DEVICE, 9, TopologyBuilder.SMMU0));
    assertThatThrownBy(twice::build).hasMessageContaining("device.address: '" + DEVICE);
    TopologyBuilder orphan =
        TopologyBuilder.standard().device(TopologyBuilder.device("0000:05:00.0", 9, "none"));
    assertThatThrownBy(orphan::build)
        .hasMessageContaining("device.smmu: 'none', allowed is one of");
    assertThatThrownBy(() -> TopologyBuilder.device("5:0.0", 9, "none"))
        .hasMessageContaining("device.address: '5:0.0', allowed is ssss:bb:dd.f");
  }

  @Test
  void refusal_reads_well_in_a_switch() {
    String answer =
        switch (SimulatedHost.standard().open().value().bind("nowhere")) {
          case HostResult.Ok<Integer>(Integer id) -> "dev " + id;
          case HostResult.Refused<Integer>(Errno errno) -> errno + " " + errno.number();
        };
    assertThat(answer).isEqualTo("ENOENT 2");
    assertThat(Errno.of(95)).isEqualTo(Errno.EOPNOTSUPP);
    assertThat(Errno.of(100_000)).isEqualTo(Errno.UNKNOWN);
  }
}
