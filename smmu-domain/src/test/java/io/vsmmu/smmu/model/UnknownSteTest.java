package io.vsmmu.smmu.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.smmu.event.StreamBehaviour;
import io.vsmmu.smmu.event.StreamConfigured;
import io.vsmmu.smmu.event.StreamConfigured.Reason;
import io.vsmmu.smmu.event.UnknownSte;
import io.vsmmu.smmu.spec.EventType;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.StreamTableEntry;
import io.vsmmu.smmu.stimulus.Completeness;
import io.vsmmu.smmu.stimulus.SteFetch;
import io.vsmmu.smmu.stimulus.Stimulus;
import org.junit.jupiter.api.Test;

/** IHI 0070, 3.11 and 6.3.14: what is known of an STE, and what a transaction meets now. */
class UnknownSteTest {

  private static final int SID = 0x900;
  private static final int BAD_STREAMID = EventType.C_BAD_STREAMID.code();

  private static int fault(Guest guest) {
    return guest.state().faultOf(guest.stream(SID));
  }

  private static void isUnknown(Guest guest, UnknownSte why) {
    assertThat(guest.stream(SID).completeness()).isEqualTo(Completeness.NOTHING);
    assertThat(guest.stream(SID).unknownSte()).contains(why);
  }

  @Test
  void an_ste_that_was_not_read_since_the_device_was_attached_is_unknown() {
    // given, when
    Guest guest = Guest.created().withDevice(SID);

    // then
    isUnknown(guest, UnknownSte.NOT_READ);
    assertThat(guest.placed(SID).unknownSte()).contains(UnknownSte.NOT_READ);
    assertThat(guest.stream(SID).effective()).isEqualTo(StreamBehaviour.BYPASS);
    assertThat(fault(guest)).isZero();
  }

  @Test
  void an_ste_is_unknown_again_after_a_reset() {
    // given
    Guest guest = Guest.booted().withDevice(SID).installs(SID, Commands.TRANSLATE);
    assertThat(guest.stream(SID).unknownSte()).isEmpty();

    // when
    guest.meets(new Stimulus.Reset(Stimulus.ResetSource.VMM));

    // then
    isUnknown(guest, UnknownSte.NOT_READ);
    assertThat(fault(guest)).isZero();
  }

  @Test
  void while_the_smmu_is_disabled_no_transaction_faults_whatever_an_earlier_fetch_found() {
    // given
    Guest guest = Guest.booted().withDevice(SID);
    isUnknown(guest, UnknownSte.OUT_OF_TABLE);
    assertThat(fault(guest)).isEqualTo(BAD_STREAMID);

    // when
    guest.writes(Register.CR0, Guest.CMDQEN);

    // then
    isUnknown(guest, UnknownSte.OUT_OF_TABLE);
    assertThat(fault(guest)).isZero();
    assertThat(guest.placed(SID).reason()).isEqualTo(Reason.SMMU_DISABLED);
    assertThat(guest.placed(SID).faultFromHereOn()).isZero();
    assertThat(guest.stream(SID).effective()).isEqualTo(StreamBehaviour.BYPASS);
  }

  @Test
  void an_ste_that_could_not_be_fetched_is_unknown_and_its_transactions_fault() {
    // given
    Guest guest = Guest.booted().withDevice(SID);

    // when
    guest.fails(SID, SteFetch.Outcome.FETCH_FAULT).runs(Commands.cfgiSte(SID));

    // then
    isUnknown(guest, UnknownSte.FETCH_FAULT);
    assertThat(fault(guest)).isEqualTo(EventType.F_STE_FETCH.code());
  }

  @Test
  void an_ste_that_was_read_with_v_0_is_known() {
    // given
    Guest guest = Guest.booted().withDevice(SID);

    // when
    guest.installs(SID, StreamTableEntry.ofTwoWords(0, 0));

    // then
    assertThat(guest.stream(SID).completeness()).isEqualTo(Completeness.FULL);
    assertThat(guest.stream(SID).unknownSte()).isEmpty();
    assertThat(fault(guest)).isEqualTo(EventType.C_BAD_STE.code());
  }

  @Test
  void zeros_in_logs_of_earlier_versions_where_no_ste_was_read_are_unknown() {
    // given, when
    StreamConfigured bypass = zeros(StreamBehaviour.BYPASS, 0);
    StreamConfigured beyond = zeros(StreamBehaviour.ABORT, BAD_STREAMID);
    StreamConfigured invalid = zeros(StreamBehaviour.ABORT, EventType.C_BAD_STE.code());

    // then
    assertThat(bypass.unknownSte()).contains(UnknownSte.NOT_READ);
    assertThat(beyond.unknownSte()).contains(UnknownSte.OUT_OF_TABLE);
    assertThat(invalid.completeness()).isEqualTo(Completeness.FULL);
  }

  private static StreamConfigured zeros(StreamBehaviour configuration, int fault) {
    return new StreamConfigured(
        SID,
        configuration,
        configuration,
        StreamTableEntry.ofTwoWords(0, 0),
        Completeness.FULL,
        Reason.RESET,
        -1,
        fault,
        5,
        false,
        0,
        0,
        0);
  }
}
