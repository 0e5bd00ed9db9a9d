package io.vsmmu.smmu.model;

import static io.vsmmu.smmu.event.StreamBehaviour.ABORT;
import static io.vsmmu.smmu.event.StreamBehaviour.BYPASS;
import static io.vsmmu.smmu.event.StreamBehaviour.TRANSLATE;
import static io.vsmmu.smmu.event.StreamBehaviour.UNKNOWN;
import static io.vsmmu.smmu.model.Commands.cfgiAll;
import static io.vsmmu.smmu.model.Commands.cfgiRange;
import static io.vsmmu.smmu.model.Commands.cfgiSte;
import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.smmu.event.StreamBehaviour;
import io.vsmmu.smmu.event.StreamConfigured;
import io.vsmmu.smmu.event.StreamConfigured.Reason;
import io.vsmmu.smmu.spec.EventType;
import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.spec.OnOffAuto;
import io.vsmmu.smmu.spec.StreamTableEntry;
import io.vsmmu.smmu.stimulus.SteFetch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** IHI 0070, 5.2: what an STE makes of a stream, and 4.3: the commands that make it count. */
@Tag("slow")
class SteInstallationTest {

  private static final int SID = 0x900;

  private static Guest guest() {
    return Guest.booted().withDevice(SID);
  }

  @ParameterizedTest
  @CsvSource({
    "0x0, ABORT, 4", "0xb0, ABORT, 4", "0x1, ABORT, 0", "0x3, ABORT, 0", "0x5, ABORT, 0",
    "0x7, ABORT, 0", "0x9, BYPASS, 0", "0xb, TRANSLATE, 0", "0xd, ABORT, 4", "0xf, ABORT, 4"
  })
  void valid_and_config_decide_what_a_stream_does(
      String word0, StreamBehaviour behaviour, int fault) {
    Guest guest = guest();

    guest.installs(SID, StreamTableEntry.ofTwoWords(Long.decode(word0), 0));

    assertThat(guest.stream(SID).configuration()).isEqualTo(behaviour);
    assertThat(guest.stream(SID).effective()).isEqualTo(behaviour);
    assertThat(guest.stream(SID).fault()).isEqualTo(fault);
  }

  @Test
  void a_stage_2_ste_aborts_with_c_bad_ste() {
    for (StreamTableEntry ste : new StreamTableEntry[] {Commands.STAGE2, Commands.NESTED}) {
      Guest guest = guest().installs(SID, ste);
      assertThat(guest.stream(SID).effective()).isEqualTo(ABORT);
      assertThat(guest.stream(SID).fault()).isEqualTo(EventType.C_BAD_STE.code());
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = SteFetch.Outcome.class,
      names = {"OUT_OF_TABLE", "FETCH_FAULT"})
  void a_sid_without_a_readable_ste_aborts_and_never_keeps_what_was_there(
      SteFetch.Outcome outcome) {
    Guest guest = guest().installs(SID, Commands.TRANSLATE);
    long old = guest.stream(SID).hwpt();

    guest.fails(SID, outcome).runs(cfgiSte(SID));

    assertThat(guest.stream(SID).effective()).isEqualTo(ABORT);
    assertThat(guest.stream(SID).hwpt()).isNotEqualTo(old);
    EventType fault =
        outcome == SteFetch.Outcome.OUT_OF_TABLE ? EventType.C_BAD_STREAMID : EventType.F_STE_FETCH;
    assertThat(guest.stream(SID).fault()).isEqualTo(fault.code());
    assertThat(guest.state().objects()).doesNotContainKey(old);
  }

  @Test
  void a_device_whose_ste_nobody_read_aborts() {
    Guest guest = guest();

    guest.runs(cfgiSte(SID));

    assertThat(guest.stream(SID).configuration()).isEqualTo(UNKNOWN);
    assertThat(guest.stream(SID).hwpt()).isEqualTo(guest.state().hostHandles().abortProxy());
  }

  @Test
  void s1cdmax_beyond_ssidsize_is_c_bad_ste() {
    StreamTableEntry four = StreamTableEntry.ofTwoWords(0x4000_000bL | 4L << 59, 0);
    StreamTableEntry five = StreamTableEntry.ofTwoWords(0x4000_000bL | 5L << 59, 0);

    assertThat(guest().installs(SID, four).stream(SID).effective()).isEqualTo(TRANSLATE);
    assertThat(guest().installs(SID, five).stream(SID).fault())
        .isEqualTo(EventType.C_BAD_STE.code());
  }

  @Test
  void the_host_gets_only_the_ste_fields_it_allows() {
    Guest guest = guest();

    guest.places(
        SID,
        StreamTableEntry.of(
            0xff00_0fff_ffff_ffcbL & ~(0x1fL << 59), ~(7L << 27), -1, -1, -1, -1, -1, -1));
    guest.submits(cfgiSte(SID));

    StreamConfigured placed = guest.placed(SID);
    assertThat(placed.allocatesHwpt()).isTrue();
    assertThat(placed.hostWord0() & ~StreamTableEntry.HOST_WORD0_MASK).isZero();
    assertThat(placed.hostWord1() & ~StreamTableEntry.HOST_WORD1_MASK).isZero();
    assertThat(placed.hostWord0() & 0xf).isEqualTo(0xb);
  }

  @ParameterizedTest
  @CsvSource({"AUTO, 0, 0", "AUTO, 1, 1", "AUTO, 3, 0", "OFF, 1, 0"})
  void eats_reaches_the_host_only_with_ats_and_only_as_0_or_1(
      OnOffAuto ats, long eats, long atHost) {
    Guest guest = Guest.booted();
    guest.meets(guest.attach(SID, Guest.device(SID, 1), ats)).hostSucceeds();

    guest.places(SID, StreamTableEntry.ofTwoWords(0x4000_000bL, eats << 28));
    guest.submits(cfgiSte(SID));

    assertThat(guest.placed(SID).hostWord1() >>> 28 & 3).isEqualTo(atHost);
  }

  @Test
  void split_stage_ats_is_c_bad_ste() {
    Guest guest = guest().installs(SID, StreamTableEntry.ofTwoWords(0x4000_000bL, 2L << 28));

    assertThat(guest.stream(SID).effective()).isEqualTo(ABORT);
    assertThat(guest.stream(SID).fault()).isEqualTo(EventType.C_BAD_STE.code());
  }

  @Test
  void s1stalld_without_a_configurable_stall_model_is_c_bad_ste() {
    Guest guest = guest().installs(SID, StreamTableEntry.ofTwoWords(0x4000_000bL, 1L << 27));

    assertThat(guest.stream(SID).fault()).isEqualTo(EventType.C_BAD_STE.code());
  }

  @Test
  void a_two_level_cd_table_without_cd2l_is_c_bad_ste() {
    StreamTableEntry twoLevel = StreamTableEntry.ofTwoWords(0x4000_001bL | 2L << 59, 0);

    assertThat(guest().installs(SID, twoLevel).stream(SID).fault())
        .isEqualTo(EventType.C_BAD_STE.code());
  }

  @Test
  void s1fmt_3_behaves_as_0_and_is_legal_without_cd2l() {
    Guest guest = guest();

    guest.places(SID, StreamTableEntry.ofTwoWords(0x4000_003bL | 2L << 59, 0));
    guest.submits(cfgiSte(SID));

    assertThat(guest.stream(SID).effective()).isEqualTo(TRANSLATE);
    assertThat(guest.stream(SID).fault()).isZero();
    assertThat(guest.placed(SID).hostWord0()).as("S1Fmt").isEqualTo(0x4000_000bL | 2L << 59);
  }

  @ParameterizedTest
  @ValueSource(ints = {32, 40, 44, 48})
  void a_context_pointer_above_the_oas_is_c_bad_ste(int oas) {
    IdRegisters ids = Guest.IDS.withOasBits(oas);
    StreamTableEntry within = StreamTableEntry.ofTwoWords(0xbL | 1L << (oas - 1), 0);
    StreamTableEntry above = StreamTableEntry.ofTwoWords(0xbL | 1L << oas, 0);

    assertThat(Guest.booted(ids).installs(SID, within).stream(SID).fault()).isZero();
    assertThat(Guest.booted(ids).installs(SID, above).stream(SID).fault())
        .isEqualTo(EventType.C_BAD_STE.code());
  }

  @Test
  void a_stage_2_ste_of_a_recorded_smmu_with_stage_2_is_no_fault() {
    Guest guest = Guest.booted(IdRegisters.DEFAULT).installs(SID, Commands.NESTED);

    assertThat(guest.stream(SID).fault()).isZero();
    assertThat(guest.stream(SID).configuration()).isEqualTo(UNKNOWN);
  }

  @Test
  void s1cdmax_is_ignored_without_ssidsize_and_does_not_reach_the_host() {
    Guest guest = Guest.booted(Guest.IDS.withSsidSize(0)).withDevice(SID);

    guest.places(SID, StreamTableEntry.ofTwoWords(0x4000_001bL | 4L << 59, 0));
    guest.submits(cfgiSte(SID));

    assertThat(guest.stream(SID).effective()).isEqualTo(TRANSLATE);
    assertThat(guest.placed(SID).hostWord0()).isEqualTo(0x4000_000bL);
  }

  @Test
  void the_old_nested_hwpt_is_freed_when_the_new_one_is_there() {
    Guest guest = guest().installs(SID, Commands.TRANSLATE);
    long old = guest.stream(SID).hwpt();

    guest.places(SID, Commands.TRANSLATE_ELSEWHERE).submits(cfgiSte(SID));

    StreamConfigured placed = guest.placed(SID);
    assertThat(placed.freesHwpt()).isEqualTo(old);
    assertThat(placed.hwpt()).isGreaterThan(old);
    assertThat(guest.state().objects()).containsKey(placed.hwpt()).doesNotContainKey(old);
  }

  @Test
  void bypass_and_abort_use_the_proxies_and_make_no_hwpt() {
    Guest guest = guest().installs(SID, Commands.BYPASS);
    assertThat(guest.stream(SID).hwpt()).isEqualTo(guest.state().hostHandles().bypassProxy());
    assertThat(guest.state().objects().get(guest.stream(SID).hwpt()).word0()).isEqualTo(0x9);

    guest.installs(SID, Commands.ABORT);
    assertThat(guest.stream(SID).hwpt()).isEqualTo(guest.state().hostHandles().abortProxy());
    assertThat(guest.state().objects().get(guest.stream(SID).hwpt()).word0()).isEqualTo(0x1);
  }

  @Test
  void logical_handles_are_never_reused() {
    Guest guest = guest();
    long last = 0;
    for (int i = 0; i < 20; i++) {
      guest.installs(SID, Commands.TRANSLATE);
      assertThat(guest.stream(SID).hwpt()).isGreaterThan(last);
      last = guest.stream(SID).hwpt();
      guest.installs(SID, Commands.BYPASS);
    }
    assertThat(guest.state().nextHandle()).isGreaterThan(last);
  }

  @Test
  void the_vdevice_stays_for_as_long_as_the_device_is_there() {
    Guest guest = guest();
    long vdevice = guest.state().device(SID).orElseThrow().vdeviceHandle();

    guest.installs(SID, Commands.TRANSLATE).installs(SID, Commands.ABORT);

    assertThat(guest.state().objects()).containsKey(vdevice);
  }

  @Test
  void cfgi_ste_range_covers_the_aligned_block_of_attached_sids() {
    Guest guest = Guest.booted();
    for (int sid : new int[] {0x0f, 0x10, 0x17, 0x18}) {
      guest.withDevice(sid).places(sid, Commands.TRANSLATE);
    }

    guest.submits(cfgiRange(0x13, 2));

    assertThat(guest.events(StreamConfigured.class))
        .extracting(StreamConfigured::streamId)
        .containsExactly(0x10, 0x17);
    assertThat(guest.placed(0x10).reason()).isEqualTo(Reason.CFGI_STE_RANGE);
  }

  @Test
  void cfgi_all_reinstalls_every_attached_sid() {
    Guest guest = Guest.booted().withDevice(1).withDevice(0xffff);
    guest.places(1, Commands.TRANSLATE).places(0xffff, Commands.BYPASS).runs(cfgiAll());

    assertThat(guest.stream(1).effective()).isEqualTo(TRANSLATE);
    assertThat(guest.stream(0xffff).effective()).isEqualTo(BYPASS);
  }

  @Test
  void an_ste_for_a_sid_without_a_device_is_kept_and_needs_no_host() {
    Guest guest = Guest.booted();

    guest.places(7, Commands.TRANSLATE).submits(cfgiSte(7));

    assertThat(guest.stream(7).configuration()).isEqualTo(TRANSLATE);
    assertThat(guest.stream(7).hwpt()).isZero();
    assertThat(guest.state().commandQueue().awaitsHost()).isFalse();
    assertThat(guest.cons()).isEqualTo(1);
  }

  @Test
  void a_sid_beyond_sidsize_has_no_stream() {
    Guest guest = Guest.booted();

    guest.submits(cfgiSte(0x10000));

    assertThat(guest.state().streams()).isEmpty();
    assertThat(guest.cons()).isEqualTo(1);
  }

  @Test
  void streams_without_a_device_are_bounded() {
    Guest guest = Guest.booted();
    for (int sid = 0; sid < Limits.STREAMS + 100; sid++) {
      guest.submits(cfgiSte(sid));
    }
    assertThat(guest.state().streams()).hasSize(Limits.STREAMS);

    guest.withDevice(0x8000).installs(0x8000, Commands.TRANSLATE);
    assertThat(guest.stream(0x8000).effective()).isEqualTo(TRANSLATE);
  }
}
