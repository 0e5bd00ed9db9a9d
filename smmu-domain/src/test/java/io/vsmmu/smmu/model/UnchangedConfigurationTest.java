package io.vsmmu.smmu.model;

import static io.vsmmu.smmu.event.StreamBehaviour.ABORT;
import static io.vsmmu.smmu.event.StreamBehaviour.BYPASS;
import static io.vsmmu.smmu.event.StreamBehaviour.TRANSLATE;
import static io.vsmmu.smmu.model.Commands.cfgiAll;
import static io.vsmmu.smmu.model.Commands.cfgiRange;
import static io.vsmmu.smmu.model.Commands.cfgiSte;
import static io.vsmmu.smmu.model.Commands.sync;
import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.smmu.event.CommandsConsumed;
import io.vsmmu.smmu.event.StreamConfigured;
import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.stimulus.HostOperation.Kind;
import io.vsmmu.smmu.stimulus.SteFetch.Outcome;
import java.util.Collections;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A guest that invalidates configurations which it did not change (IHI 0070, 4.3). */
class UnchangedConfigurationTest {

  private static final int SID = 0x10;
  private static final int STREAMS = 300;
  private static final long UPDATE = 0x8000_0000L;
  private static final long GBPA_ABORT = 0x10_0000L;

  private static CommandEntry[] times(int count, CommandEntry entry) {
    return Collections.nCopies(count, entry).toArray(CommandEntry[]::new);
  }

  private static Guest knowing(int streams) {
    Guest guest = Guest.booted();
    for (int sid = 0; sid < streams; sid++) {
      guest.installs(sid, Commands.BYPASS);
    }
    return guest;
  }

  @ParameterizedTest
  @EnumSource(
      value = Outcome.class,
      names = {"OUT_OF_TABLE", "FETCH_FAULT"})
  void stes_that_still_cannot_be_read_are_not_recorded_again(Outcome outcome) {
    // given streams whose STEs cannot be read any more, and a guest to which that was reported once
    Guest guest = knowing(STREAMS);
    for (int sid = 0; sid < STREAMS; sid++) {
      guest.fails(sid, outcome).runs(cfgiSte(sid));
      assertThat(guest.stream(sid).effective()).isEqualTo(ABORT);
    }

    // when it invalidates all of them, again and again
    guest.submits(times(8, cfgiAll()));

    // then one event says so, and nothing else
    assertThat(guest.events()).hasSize(1);
    assertThat(guest.event(CommandsConsumed.class).fetches()).isEmpty();
    assertThat(guest.event(CommandsConsumed.class).consumed()).isEqualTo(8);
  }

  @Test
  void a_range_looks_at_a_few_stes_without_a_device_and_no_longer_knows_the_others() {
    // given a guest that moves its whole Stream table by a few bytes
    Guest guest = knowing(STREAMS);
    for (int sid = 0; sid < STREAMS; sid++) {
      guest.places(sid, Commands.TRANSLATE);
    }

    // when
    guest.submits(cfgiAll());

    // then
    assertThat(guest.events(StreamConfigured.class)).hasSize(Limits.RANGE_CHANGES);
    assertThat(guest.state().streams()).hasSize(Limits.RANGE_CHANGES);
    assertThat(guest.stream(0).effective()).isEqualTo(TRANSLATE);

    // when it goes on
    guest.submits(cfgiAll());

    // then what was forgotten is not looked at again
    assertThat(guest.events()).hasSize(1);

    // until it is named
    guest.submits(cfgiSte(STREAMS - 1));
    assertThat(guest.stream(STREAMS - 1).configuration()).isEqualTo(TRANSLATE);
  }

  @Test
  void a_range_always_looks_at_the_stes_of_devices() {
    Guest guest = Guest.booted();
    for (int sid = 0; sid < 3 * Limits.RANGE_CHANGES; sid++) {
      guest.withDevice(sid).places(sid, Commands.TRANSLATE);
    }

    guest.submits(cfgiRange(0, 7));

    assertThat(guest.events(StreamConfigured.class)).hasSize(3 * Limits.RANGE_CHANGES);
  }

  @Test
  void an_unchanged_ste_of_a_device_keeps_its_hwpt_and_forgets_its_cds() {
    Guest guest = Guest.booted().withDevice(SID).installs(SID, Commands.TRANSLATE);
    long hwpt = guest.stream(SID).hwpt();

    for (CommandEntry entry : new CommandEntry[] {cfgiSte(SID), cfgiRange(SID, 3), cfgiAll()}) {
      guest.submits(entry, sync());

      assertThat(guest.events()).hasSize(1);
      assertThat(guest.event(CommandsConsumed.class).forwarded().get(0)).isTrue();
      assertThat(guest.state().commandQueue().awaitsHost()).isTrue();
      assertThat(guest.stream(SID).hwpt()).isEqualTo(hwpt);
      guest.hostSucceeds();
    }
  }

  @Test
  void a_bypassed_device_whose_ste_is_unchanged_needs_no_host() {
    Guest guest = Guest.booted().withDevice(SID).installs(SID, Commands.BYPASS);

    guest.submits(cfgiSte(SID), cfgiAll(), sync());

    assertThat(guest.events()).hasSize(1);
    assertThat(guest.state().commandQueue().awaitsHost()).isFalse();
  }

  @Test
  void what_the_host_refused_is_tried_again() {
    Guest guest = Guest.booted().withDevice(SID).places(SID, Commands.TRANSLATE);
    guest.submits(cfgiSte(SID));
    guest.hostReports(Guest.failed(Kind.ALLOC_HWPT, guest.stream(SID).hwpt(), 3, SID, 12));
    assertThat(guest.stream(SID).effective()).isEqualTo(ABORT);

    guest.submits(cfgiSte(SID));

    assertThat(guest.placed(SID).effective()).isEqualTo(TRANSLATE);
    assertThat(guest.placed(SID).allocatesHwpt()).isTrue();
  }

  @Test
  void switching_the_smmu_moves_devices_only_and_other_streams_follow() {
    // given
    Guest guest = knowing(STREAMS).withDevice(0x8000).installs(0x8000, Commands.TRANSLATE);
    guest.installs(7, Commands.TRANSLATE);

    // when
    guest.writes(Register.CR0, Guest.CMDQEN).writes(Register.GBPA, UPDATE | GBPA_ABORT);

    // then
    assertThat(guest.events(StreamConfigured.class)).hasSize(1);
    assertThat(guest.stream(7).effective()).isEqualTo(ABORT);
    assertThat(guest.stream(7).configuration()).isEqualTo(TRANSLATE);
    assertThat(guest.stream(8).effective()).isEqualTo(ABORT);

    // when
    guest.writes(Register.CR0, Guest.ALL_ENABLED);

    // then
    assertThat(guest.events(StreamConfigured.class)).hasSize(1);
    assertThat(guest.stream(7).effective()).isEqualTo(TRANSLATE);
    assertThat(guest.stream(8).effective()).isEqualTo(BYPASS);
  }

  @Test
  void enabling_records_the_readings_that_say_something_new() {
    Guest guest = Guest.booted().withDevice(1).withDevice(2);
    guest.installs(1, Commands.TRANSLATE).installs(2, Commands.TRANSLATE);

    guest
        .writes(Register.CR0, Guest.CMDQEN)
        .places(2, Commands.BYPASS)
        .writes(Register.CR0, Guest.ALL_ENABLED);

    assertThat(guest.event(io.vsmmu.smmu.event.RegisterWritten.class).fetches())
        .extracting(io.vsmmu.smmu.stimulus.SteFetch::streamId)
        .containsExactly(2);
    assertThat(guest.stream(1).effective()).isEqualTo(TRANSLATE);
    assertThat(guest.stream(2).effective()).isEqualTo(BYPASS);
  }
}
