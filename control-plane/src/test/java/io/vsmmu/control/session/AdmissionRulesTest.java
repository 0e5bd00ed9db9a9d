package io.vsmmu.control.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.vsmmu.control.request.RequestRefusedException;
import io.vsmmu.control.request.RequestRefusedException.Kind;
import io.vsmmu.control.vm.Vms;
import io.vsmmu.host.HostDescription;
import io.vsmmu.host.KernelSupport;
import io.vsmmu.host.KernelSupport.Feature;
import io.vsmmu.host.simulated.Attachment;
import io.vsmmu.host.simulated.ObjectCounts;
import io.vsmmu.host.simulated.SimulatedHost;
import io.vsmmu.host.simulated.Topology;
import io.vsmmu.host.simulated.TopologyBuilder;
import io.vsmmu.problem.Problem;
import io.vsmmu.smmu.spec.OnOffAuto;
import io.vsmmu.smmu.spec.VsmmuProperties;
import io.vsmmu.smmu.stimulus.Durability;
import io.vsmmu.testing.TestPostgres;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which host devices may come behind a vSMMU; a refusal comes before anything is changed. */
@Tag("slow")
@Timeout(60)
class AdmissionRulesTest {

  private static final int SID = 0x100;
  private static final String A = "0000:01:00.0";
  private static final String F0 = "0000:03:00.0";
  private static final String F1 = "0000:03:00.1";
  private static final Topology.Kernel BEFORE_6_19 =
      new Topology.Kernel("6.18.3", false, true, false);

  private static Service service(TopologyBuilder topology) throws Exception {
    Service service = new Service(TestPostgres.newDatabase(), new SimulatedHost(topology.build()));
    service.administration.create(
        "v", Vms.OWN, VsmmuProperties.ALL_AUTO, Durability.COMMITTED, "operator");
    return service;
  }

  private static void attach(Service service, String device) {
    service.administration.attach("v", device, SID, OnOffAuto.AUTO, "operator");
  }

  private static RequestRefusedException refusal(Service service, String device) {
    RequestRefusedException refused =
        catchThrowableOfType(RequestRefusedException.class, () -> attach(service, device));
    assertThat(refused).isNotNull();
    assertThat(service.host.objects()).isEqualTo(ObjectCounts.NONE);
    assertThat(service.state(service.administration.named("v")).events()).isEqualTo(1);
    assertThat(refused.problems()).extracting(Problem::field).containsOnly("hostDevice");
    return refused;
  }

  @ParameterizedTest
  @ValueSource(strings = {"virtio-net-pci", "net0", "", "01:00.0", "0000:01:00.8", "../01:00.0"})
  void what_is_no_device_of_the_host_is_refused_as_emulated(String device) throws Exception {
    try (Service service = service(TopologyBuilder.standard())) {
      RequestRefusedException refused = refusal(service, device);

      assertThat(refused.kind()).isEqualTo(Kind.NOT_FOUND);
      assertThat(refused.problems().getFirst().allowed()).contains("vfio-pci", "emulated");
    }
  }

  @Test
  void a_device_of_another_driver_is_refused() throws Exception {
    TopologyBuilder topology =
        TopologyBuilder.standard().changeDevice(A, it -> it.withBoundToVfio(false));
    try (Service service = service(topology)) {
      assertThat(refusal(service, A).kind()).isEqualTo(Kind.CONFLICT);
    }
  }

  @Test
  void a_device_that_is_behind_no_smmu_is_refused() throws Exception {
    try (Service service = service(TopologyBuilder.standard())) {
      assertThat(refusal(service, "0000:99:00.0").kind()).isEqualTo(Kind.NOT_FOUND);
    }
  }

  @Test
  void a_device_with_several_stream_ids_is_refused() throws Exception {
    TopologyBuilder topology =
        TopologyBuilder.standard().changeDevice(A, it -> it.withStreamIds(List.of(0x208, 0x200)));
    try (Service service = service(topology)) {
      RequestRefusedException refused = refusal(service, A);

      assertThat(refused.kind()).isEqualTo(Kind.HOST_REFUSED);
      assertThat(refused.getMessage()).contains("2 StreamIDs", "one StreamID");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {F0, F1})
  void a_group_of_several_devices_is_refused_by_a_kernel_before_6_19(String device)
      throws Exception {
    try (Service service = service(TopologyBuilder.standard().kernel(BEFORE_6_19))) {
      RequestRefusedException refused = refusal(service, device);

      assertThat(refused.kind()).isEqualTo(Kind.HOST_REFUSED);
      assertThat(refused.getMessage())
          .contains("iommu group 3 with " + (device.equals(F0) ? F1 : F0))
          .contains("6.18.3", "6.19", "alone in its iommu group");
    }
  }

  @Test
  void a_device_alone_in_its_group_works_with_a_kernel_before_6_19() throws Exception {
    try (Service service = service(TopologyBuilder.standard().kernel(BEFORE_6_19))) {
      attach(service, A);
      service.boots(service.administration.named("v"), SID);

      assertThat(service.host.attachment(A).orElseThrow().kind())
          .isEqualTo(Attachment.Kind.TRANSLATE);
      assertThatThrownBy(() -> attach(service, F0)).isInstanceOf(RequestRefusedException.class);
      assertThat(service.host.attachment(A).orElseThrow().kind())
          .isEqualTo(Attachment.Kind.TRANSLATE);
    }
  }

  @Test
  void both_devices_of_a_group_work_with_a_kernel_from_6_19_on() throws Exception {
    try (Service service = service(TopologyBuilder.standard())) {
      service.administration.attach("v", F0, SID, OnOffAuto.AUTO, "operator");
      service.administration.attach("v", F1, SID + 1, OnOffAuto.AUTO, "operator");
      service.boots(service.administration.named("v"), SID);

      assertThat(service.host.attachment(F1).orElseThrow().kind())
          .isEqualTo(Attachment.Kind.TRANSLATE);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Feature.class,
      names = {"IOMMUFD", "VFIO_CDEV", "VIOMMU_ARM_SMMUV3"})
  void a_kernel_that_lacks_what_nothing_works_without_is_told_with_the_release_that_has_it(
      Feature missing) {
    HostDescription complete = SimulatedHost.standard().describe();
    Set<Feature> present = EnumSet.complementOf(EnumSet.of(missing));
    HostDescription host =
        new HostDescription(
            complete.smmus(), complete.devices(), new KernelSupport("6.5.0", present));

    List<Problem> reasons =
        AdmissionRules.reasons(host, host.device(A).orElseThrow(), "hostDevice");

    assertThat(reasons).hasSize(1);
    assertThat(reasons.getFirst().allowed())
        .contains(missing.name(), missing.since(), "6.5.0", missing.consequence());
  }
}
