package io.vsmmu.smmu.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.smmu.event.FaultsReported;
import io.vsmmu.smmu.event.StreamBehaviour;
import io.vsmmu.smmu.event.StreamConfigured;
import io.vsmmu.smmu.spec.EventFields;
import io.vsmmu.smmu.spec.EventRecord;
import io.vsmmu.smmu.spec.EventRecords;
import io.vsmmu.smmu.spec.EventType;
import io.vsmmu.smmu.spec.IdField;
import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.spec.OnOffAuto;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.SteFields;
import io.vsmmu.smmu.spec.StreamTableEntry;
import io.vsmmu.smmu.stimulus.HostDevice;
import io.vsmmu.smmu.stimulus.SteFetch.Outcome;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** DMA behind an STE that the guest got wrong (IHI 0070 5.2.2, 7.3.3 to 7.3.5). */
class OwnErrorsTest {

  private static final int SID = 5;
  private static final long RECINVSID = 1 << 1;
  private static final StreamTableEntry ILLEGAL = StreamTableEntry.ofTwoWords(0, 0);
  private static final IdRegisters STALLS = Guest.IDS.with(IdField.STALL_MODEL, 0);

  private static Guest guest(IdRegisters host, String... mates) {
    HostDevice device =
        new HostDevice("0000:05:00.0", "smmu3.0", 1, host, true).withGroupMates(List.of(mates));
    Guest guest = Guest.booted();
    return guest
        .places(SID, Commands.TRANSLATE)
        .meets(guest.attach(SID, device, OnOffAuto.AUTO))
        .hostSucceeds();
  }

  /** What the host reports of a DMA, and what the guest's queue gets. */
  private static List<EventRecord> dma(Guest guest) {
    EventRecord host = EventRecords.withSubstream(EventRecords.badSte(SID), 3);
    guest.meets(new Stimulus.ReportFaults(List.of(host), 0));
    FaultsReported reported = guest.event(FaultsReported.class);
    return reported.records().subList(0, reported.queued());
  }

  @Test
  void an_illegal_ste_gets_a_hwpt_whose_dma_is_recorded() {
    Guest guest = guest(Guest.IDS).installs(SID, ILLEGAL);

    StreamConfigured placed = guest.placed(SID);
    assertThat(placed.effective()).isEqualTo(StreamBehaviour.ABORT);
    assertThat(placed.allocatesHwpt()).isTrue();
    assertThat(placed.hostWord0()).isEqualTo(0b1011);
    assertThat(placed.hostWord1()).isEqualTo(SteFields.S1STALLD.mask());
    assertThat(dma(guest)).containsExactly(EventRecords.withSubstream(EventRecords.badSte(SID), 3));
  }

  @Test
  void where_faults_may_stall_more_cds_than_there_are_substreams_make_it_illegal() {
    StreamConfigured placed = guest(STALLS).installs(SID, ILLEGAL).placed(SID);

    assertThat(placed.hostWord0()).isEqualTo(0b1011 | SteFields.S1CDMAX.mask());
    assertThat(placed.hostWord1()).isZero();
  }

  @Test
  void an_smmu_for_which_every_vste_is_legal_aborts_in_silence() {
    Guest guest = guest(STALLS.withSsidSize(0)).installs(SID, ILLEGAL);

    assertThat(guest.placed(SID).hwpt()).isEqualTo(guest.state().hostHandles().abortProxy());
  }

  @Test
  void an_incomplete_group_aborts_in_silence() {
    Guest guest = guest(Guest.IDS, "0000:05:00.1").installs(SID, ILLEGAL);

    assertThat(guest.placed(SID).hwpt()).isEqualTo(guest.state().hostHandles().abortProxy());
  }

  @Test
  void an_abort_ste_aborts_in_silence() {
    Guest guest = guest(Guest.IDS).installs(SID, Commands.ABORT);

    assertThat(guest.placed(SID).hwpt()).isEqualTo(guest.state().hostHandles().abortProxy());
  }

  @Test
  void an_ste_that_cannot_be_fetched_is_f_ste_fetch_at_its_address() {
    Guest guest = guest(Guest.IDS).fails(SID, Outcome.FETCH_FAULT);
    guest.runs(Commands.cfgiSte(SID), Commands.sync());

    assertThat(dma(guest))
        .singleElement()
        .satisfies(
            record -> {
              assertThat(record.type()).contains(EventType.F_STE_FETCH);
              assertThat(EventFields.FETCH_ADDR.bits().inPlace(record.word3()))
                  .isEqualTo(guest.reg(Register.STRTAB_BASE) + SID * 64L);
              assertThat(record.sid()).isEqualTo(SID);
            });
  }

  @Test
  void a_stream_id_outside_the_table_is_c_bad_streamid_only_with_recinvsid() {
    Guest guest = guest(Guest.IDS).fails(SID, Outcome.OUT_OF_TABLE);
    guest.runs(Commands.cfgiSte(SID), Commands.sync());
    assertThat(guest.stream(SID).hwpt()).isEqualTo(guest.state().hostHandles().abortProxy());

    guest.writes(Register.CR0, 0).writes(Register.CR2, RECINVSID);
    guest.writes(Register.CR0, Guest.ALL_ENABLED).hostSucceeds();

    assertThat(dma(guest))
        .containsExactly(EventRecords.withSubstream(EventRecords.badStreamId(SID), 3));
  }

  @Test
  void what_an_ste_that_translates_gives_is_the_hosts_own() {
    Guest guest = guest(Guest.IDS).installs(SID, Commands.TRANSLATE);

    assertThat(dma(guest)).containsExactly(EventRecords.withSubstream(EventRecords.badSte(SID), 3));
  }

  @Test
  void a_follower_of_the_groups_leader_has_no_error_of_its_own() {
    Guest guest = guest(Guest.IDS);
    HostDevice follower = new HostDevice("0000:06:00.0", "smmu3.0", 1, Guest.IDS, true);
    guest.places(SID + 1, Commands.BYPASS);
    guest.meets(guest.attach(SID + 1, follower, OnOffAuto.AUTO)).hostSucceeds();
    guest.installs(SID, ILLEGAL);
    assertThat(guest.stream(SID + 1).hwpt()).isEqualTo(guest.stream(SID).hwpt());

    guest.meets(new Stimulus.ReportFaults(List.of(EventRecords.badSte(SID + 1)), 0));

    assertThat(guest.event(FaultsReported.class).records()).isEmpty();
  }

  @Test
  void while_the_smmu_is_disabled_there_is_no_hwpt_for_it() {
    Guest guest = guest(Guest.IDS).installs(SID, ILLEGAL).writes(Register.CR0, 0).hostSucceeds();

    assertThat(guest.stream(SID).hwpt()).isEqualTo(guest.state().hostHandles().bypassProxy());
  }

  @Test
  void the_same_ste_again_changes_nothing() {
    Guest guest = guest(Guest.IDS).installs(SID, ILLEGAL).hostSucceeds();

    guest.runs(Commands.cfgiSte(SID), Commands.sync());

    assertThat(guest.events(StreamConfigured.class)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(EventType.class)
  void any_other_record_is_passed_on(EventType type) {
    Guest guest = guest(Guest.IDS).installs(SID, ILLEGAL);
    EventRecord record = EventRecord.of(type, SID);

    guest.meets(new Stimulus.ReportFaults(List.of(record), 0));

    assertThat(guest.event(FaultsReported.class).records()).containsExactly(record);
  }
}
