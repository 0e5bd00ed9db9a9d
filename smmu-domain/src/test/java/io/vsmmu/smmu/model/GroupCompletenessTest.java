package io.vsmmu.smmu.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.problem.Problem;
import io.vsmmu.smmu.spec.OnOffAuto;
import io.vsmmu.smmu.stimulus.HostDevice;
import io.vsmmu.smmu.stimulus.HostOperation.Kind;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A group translates when all of its devices are behind the vSMMU; who is missing is known. */
class GroupCompletenessTest {

  private static final int GROUP = 7;
  private static final int ENOENT = 2;
  private static final String FIRST = "0000:01:00.0";
  private static final String SECOND = "0000:02:00.0";

  private static HostDevice of(int sid, String... mates) {
    return Guest.device(sid, GROUP).withGroupMates(List.of(mates));
  }

  private static Guest attaches(Guest guest, int sid, String... mates) {
    return guest.meets(guest.attach(sid, of(sid, mates), OnOffAuto.AUTO)).hostSucceeds();
  }

  private static List<String> missing(Guest guest, int sid) {
    return GroupCompleteness.missing(guest.state(), guest.state().devices().get(sid));
  }

  @Test
  void the_devices_of_the_group_that_are_not_behind_the_vsmmu_are_missing() {
    Guest guest = attaches(Guest.booted(), 1, SECOND);
    assertThat(missing(guest, 1)).containsExactly(SECOND);

    attaches(guest, 2, FIRST);
    assertThat(missing(guest, 1)).isEmpty();
    assertThat(missing(guest, 2)).isEmpty();

    guest.meets(new Stimulus.DetachDevice(1));
    assertThat(missing(guest, 2)).containsExactly(FIRST);
  }

  @Test
  void the_device_that_came_last_knows_the_group_best() {
    Guest guest = attaches(attaches(Guest.booted(), 1, SECOND, "0000:09:00.0"), 2, FIRST);

    assertThat(missing(guest, 1)).isEmpty();
  }

  @Test
  void a_log_that_does_not_record_groups_misses_nothing() {
    Guest guest = Guest.booted().withDevice(1, GROUP).installs(1, Commands.TRANSLATE);

    assertThat(missing(guest, 1)).isEmpty();
  }

  @Test
  void a_refused_stage_1_names_the_missing_devices_in_the_health() {
    Guest guest = attaches(Guest.booted(), 1, SECOND);
    guest.places(1, Commands.TRANSLATE).submits(Commands.cfgiSte(1));

    guest.hostReports(Guest.failed(Kind.ATTACH, 0, guest.stream(1).hwpt(), 1, ENOENT));

    assertThat(guest.state().health().reasons().getLast())
        .contains("iommu group 7", SECOND, "attach");
  }

  @Test
  void other_failures_of_an_incomplete_group_are_not_blamed_on_it() {
    Guest guest = attaches(Guest.booted(), 1, SECOND);
    guest.places(1, Commands.TRANSLATE).submits(Commands.cfgiSte(1));
    VsmmuState state = guest.state();
    long hwpt = guest.stream(1).hwpt();
    long abort = state.hostHandles().abortProxy();

    assertThat(GroupCompleteness.explain(state, Guest.failed(Kind.ATTACH, 0, hwpt, 1, 12)))
        .isEmpty();
    assertThat(GroupCompleteness.explain(state, Guest.failed(Kind.ATTACH, 0, abort, 1, ENOENT)))
        .isEmpty();
    assertThat(GroupCompleteness.explain(state, Guest.failed(Kind.ALLOC_HWPT, hwpt, 0, 1, ENOENT)))
        .isEmpty();
  }

  @Test
  void a_group_that_can_never_be_complete_is_refused() {
    Guest guest = Guest.created();
    String[] mates =
        IntStream.range(0, Limits.GROUP_DEVICES)
            .mapToObj("0000:05:%02x.0"::formatted)
            .toArray(String[]::new);

    Problem refused = guest.isRefused(guest.attach(1, of(1, mates), OnOffAuto.AUTO));

    assertThat(refused.allowed()).contains("" + Limits.GROUP_DEVICES);
  }
}
