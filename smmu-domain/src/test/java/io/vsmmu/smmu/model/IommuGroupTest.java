package io.vsmmu.smmu.model;

import static io.vsmmu.smmu.event.StreamBehaviour.ABORT;
import static io.vsmmu.smmu.event.StreamBehaviour.TRANSLATE;
import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.problem.Problem;
import io.vsmmu.smmu.event.StreamConfigured;
import io.vsmmu.smmu.event.StreamConfigured.Reason;
import io.vsmmu.smmu.spec.OnOffAuto;
import io.vsmmu.smmu.stimulus.HostOperation.Kind;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.util.List;
import org.junit.jupiter.api.Test;

/** All devices of an iommu group sit on the same HWPT (drivers/iommu/iommufd/device.c). */
class IommuGroupTest {

  private static final int GROUP = 7;

  private static Guest group() {
    return Guest.booted().withDevice(1, GROUP).withDevice(2, GROUP).withDevice(3, 99);
  }

  private static List<Long> nested(Guest guest) {
    return guest.state().objects().values().stream()
        .filter(o -> o.kind() == HostObject.Kind.NESTED_HWPT && o.streamId() != 3)
        .map(HostObject::handle)
        .toList();
  }

  @Test
  void devices_of_one_group_move_together() {
    Guest guest = group();

    guest.places(1, Commands.TRANSLATE).submits(Commands.cfgiSte(1));

    assertThat(guest.placed(2).reason()).isEqualTo(Reason.GROUP_MOVED);
    assertThat(guest.stream(2).hwpt()).isEqualTo(guest.stream(1).hwpt());
    assertThat(guest.stream(2).effective()).isEqualTo(TRANSLATE);
    assertThat(guest.stream(2).configuration()).isEqualTo(ABORT);
    assertThat(guest.stream(3).hwpt()).isNotEqualTo(guest.stream(1).hwpt());
  }

  @Test
  void a_shared_hwpt_is_freed_with_the_last_of_the_group_to_leave_it() {
    Guest guest = group().installs(1, Commands.TRANSLATE);
    long shared = guest.stream(1).hwpt();

    guest.places(1, Commands.TRANSLATE_ELSEWHERE).submits(Commands.cfgiSte(1));

    assertThat(guest.events(StreamConfigured.class))
        .extracting(StreamConfigured::streamId, StreamConfigured::freesHwpt)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(1, 0L),
            org.assertj.core.groups.Tuple.tuple(2, shared));
    assertThat(nested(guest)).containsExactly(guest.stream(1).hwpt());
  }

  @Test
  void a_device_that_joins_a_group_moves_it_and_loses_no_hwpt() {
    Guest guest = Guest.booted().withDevice(1, GROUP).installs(1, Commands.TRANSLATE);

    guest.places(2, Commands.TRANSLATE).withDevice(2, GROUP);

    assertThat(guest.stream(1).hwpt()).isEqualTo(guest.stream(2).hwpt());
    assertThat(nested(guest)).containsExactly(guest.stream(2).hwpt());
  }

  @Test
  void a_group_fails_closed_together() {
    Guest guest = group().places(1, Commands.TRANSLATE).submits(Commands.cfgiSte(1));

    guest.hostReports(Guest.failed(Kind.ALLOC_HWPT, guest.stream(1).hwpt(), 3, 1, 12));

    long abort = guest.state().hostHandles().abortProxy();
    assertThat(guest.stream(1).hwpt()).isEqualTo(abort);
    assertThat(guest.stream(2).hwpt()).isEqualTo(abort);
    assertThat(guest.stream(2).effective()).isEqualTo(ABORT);
    assertThat(nested(guest)).isEmpty();
  }

  @Test
  void a_shared_hwpt_outlives_a_device_that_is_taken_away() {
    Guest guest = group().installs(1, Commands.TRANSLATE);
    long shared = guest.stream(1).hwpt();

    guest.meets(new Stimulus.DetachDevice(1));
    assertThat(nested(guest)).containsExactly(shared);

    guest.meets(new Stimulus.DetachDevice(2));
    assertThat(nested(guest)).isEmpty();
    assertThat(guest.event(io.vsmmu.smmu.event.DeviceDetached.class).freedHwpt()).isEqualTo(shared);
  }

  @Test
  void a_group_has_a_bounded_number_of_devices() {
    Guest guest = Guest.created();
    for (int sid = 0; sid < Limits.GROUP_DEVICES; sid++) {
      guest.withDevice(sid, GROUP);
    }

    Problem refused = guest.isRefused(guest.attach(200, Guest.device(200, GROUP), OnOffAuto.AUTO));

    assertThat(refused.field()).isEqualTo("hostDevice");
    assertThat(refused.allowed()).contains("" + Limits.GROUP_DEVICES);
  }
}
