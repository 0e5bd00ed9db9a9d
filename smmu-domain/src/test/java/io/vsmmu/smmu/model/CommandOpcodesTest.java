package io.vsmmu.smmu.model;

import static io.vsmmu.smmu.model.Commands.atcInv;
import static io.vsmmu.smmu.model.Commands.bare;
import static io.vsmmu.smmu.model.Commands.cfgiCd;
import static io.vsmmu.smmu.model.Commands.cfgiCdAll;
import static io.vsmmu.smmu.model.Commands.sync;
import static io.vsmmu.smmu.model.Commands.tlbiAll;
import static io.vsmmu.smmu.model.Commands.tlbiAsid;
import static io.vsmmu.smmu.model.Commands.tlbiVa;
import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.smmu.event.CommandsConsumed;
import io.vsmmu.smmu.event.StreamConfigured;
import io.vsmmu.smmu.spec.AtsCommand;
import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.CommandError;
import io.vsmmu.smmu.spec.CommandFields;
import io.vsmmu.smmu.spec.CommandOpcode;
import io.vsmmu.smmu.spec.IdField;
import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.spec.InvalidationRange;
import io.vsmmu.smmu.spec.OnOffAuto;
import io.vsmmu.smmu.spec.Register;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** IHI 0070, chapter 4: what each command does. */
@Tag("slow")
class CommandOpcodesTest {

  private static final int SID = 0x10;

  private static Guest translating() {
    return Guest.booted().withDevice(SID).installs(SID, Commands.TRANSLATE);
  }

  private static void isForwarded(Guest guest, CommandEntry entry) {
    guest.submits(entry);
    assertThat(guest.event(CommandsConsumed.class).forwarded().get(0)).isTrue();
    assertThat(guest.state().commandQueue().awaitsHost()).isTrue();
    guest.hostSucceeds();
  }

  private static void hasNoEffect(Guest guest, CommandEntry entry) {
    long consumed = guest.state().commands().total();
    guest.submits(entry);
    assertThat(guest.event(CommandsConsumed.class).forwarded().isEmpty()).isTrue();
    assertThat(guest.events()).hasSize(1);
    assertThat(guest.state().commandQueueStopped()).isFalse();
    assertThat(guest.state().commands().total()).isEqualTo(consumed + 1);
  }

  private static void isIllegal(Guest guest, CommandEntry entry) {
    guest.submits(entry);
    assertThat(guest.error()).isEqualTo(CommandError.CERROR_ILL);
    assertThat(guest.state().commandQueueStopped()).isTrue();
    assertThat(guest.event(CommandsConsumed.class).consumed()).isZero();
  }

  @ParameterizedTest
  @EnumSource(names = {"PREFETCH_CONFIG", "PREFETCH_ADDR"})
  void prefetches_have_no_effect_and_are_counted(CommandOpcode opcode) {
    Guest guest = translating();

    hasNoEffect(guest, bare(opcode));

    assertThat(guest.state().commands().of(opcode.name())).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(names = {"TLBI_NH_ALL", "TLBI_NH_ASID", "TLBI_NH_VA", "TLBI_NH_VAA", "TLBI_NSNH_ALL"})
  void stage_1_tlb_invalidations_are_forwarded(CommandOpcode opcode) {
    isForwarded(translating(), bare(opcode));
  }

  @Test
  void a_tlb_invalidation_is_forwarded_once_however_many_devices_there_are() {
    Guest guest = Guest.booted().withDevice(1).withDevice(2).withDevice(3);

    guest.submits(tlbiAll());

    assertThat(guest.event(CommandsConsumed.class).forwarded().cardinality()).isEqualTo(1);
    assertThat(guest.events()).hasSize(1);
  }

  @Test
  void without_a_device_nothing_is_forwarded() {
    hasNoEffect(Guest.booted(), tlbiAll());
    hasNoEffect(Guest.booted(), tlbiAsid(1));
    hasNoEffect(Guest.booted(), tlbiVa(1, 0x1000));
  }

  @ParameterizedTest
  @EnumSource(
      names = {
        "TLBI_EL3_ALL", "TLBI_EL3_VA", "TLBI_EL2_ALL", "TLBI_EL2_ASID", "TLBI_EL2_VA",
        "TLBI_EL2_VAA", "TLBI_S12_VMALL", "TLBI_S2_IPA", "CFGI_VMS_PIDM", "TLBI_S_EL2_ALL",
        "TLBI_S_EL2_ASID", "TLBI_S_EL2_VA", "TLBI_S_EL2_VAA", "TLBI_S_S12_VMALL", "TLBI_S_S2_IPA",
        "TLBI_SNH_ALL", "DPTI_ALL", "DPTI_PA"
      })
  void commands_of_regimes_that_are_not_advertised_are_illegal(CommandOpcode opcode) {
    isIllegal(translating(), bare(opcode));
  }

  @ParameterizedTest
  @EnumSource(names = {"TLBI_S12_VMALL", "TLBI_S2_IPA"})
  void a_recorded_smmu_with_stage_2_takes_stage_2_invalidations(CommandOpcode opcode) {
    hasNoEffect(Guest.booted(IdRegisters.DEFAULT.withStage2(true)), bare(opcode));
  }

  @ParameterizedTest
  @ValueSource(ints = {0x00, 0x08, 0x0f, 0x14, 0x31, 0x42, 0x47, 0x80, 0xff})
  void opcode_zero_and_reserved_opcodes_are_illegal(int opcode) {
    isIllegal(translating(), new CommandEntry(opcode, 0));
  }

  @ParameterizedTest
  @EnumSource(
      names = {
        "PREFETCH_CONFIG",
        "PREFETCH_ADDR",
        "CFGI_STE",
        "CFGI_STE_RANGE",
        "CFGI_CD",
        "CFGI_CD_ALL"
      })
  void ssec_on_the_non_secure_queue_is_illegal(CommandOpcode opcode) {
    isIllegal(translating(), new CommandEntry(CommandFields.SSEC.set(opcode.code(), 1), 0));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void cmd_sync_with_a_defined_signal_completes(int cs) {
    hasNoEffect(translating(), sync(cs));
  }

  @Test
  void cmd_sync_with_reserved_cs_is_illegal() {
    isIllegal(translating(), sync(3));
  }

  @Test
  void cd_invalidations_are_forwarded_for_a_device_that_translates() {
    Guest guest = translating();

    isForwarded(guest, cfgiCd(SID, 0));
    isForwarded(guest, cfgiCdAll(SID));
  }

  @Test
  void cd_invalidations_of_other_streams_have_no_effect() {
    Guest guest = translating().withDevice(2).installs(2, Commands.BYPASS);

    hasNoEffect(guest, cfgiCd(2, 0));
    hasNoEffect(guest, cfgiCdAll(0x999));
  }

  @Test
  void cfgi_cd_beyond_ssidsize_has_no_effect() {
    isForwarded(translating(), cfgiCd(SID, 15));
    hasNoEffect(translating(), cfgiCd(SID, 16));
  }

  @Test
  void atc_inv_is_ignored_while_the_smmu_is_disabled() {
    Guest guest = translating().writes(Register.CR0, Guest.CMDQEN);

    hasNoEffect(guest, atcInv(SID));
  }

  @Test
  void an_illegal_atc_inv_is_an_error_while_the_smmu_is_disabled_too() {
    Guest guest = Guest.configured(Guest.IDS.withAts(false)).writes(Register.CR0, Guest.CMDQEN);

    isIllegal(guest, atcInv(SID));
  }

  @Test
  void atc_inv_is_forwarded_with_ats() {
    isForwarded(translating(), atcInv(SID));
  }

  @Test
  void atc_inv_is_illegal_without_ats() {
    isIllegal(Guest.booted(Guest.IDS.withAts(false)), atcInv(SID));
  }

  @Test
  void atc_inv_for_a_device_without_ats_has_no_effect() {
    Guest guest = Guest.booted();
    guest.meets(guest.attach(SID, Guest.device(SID, 1), OnOffAuto.OFF)).hostSucceeds();

    hasNoEffect(guest, atcInv(SID));
    hasNoEffect(guest, atcInv(0x77));
  }

  @Test
  void atc_inv_beyond_size_52_is_illegal() {
    isIllegal(translating(), new AtsCommand.AtcInvalidate(SID, false, 0, false, 53, 0).encode());
  }

  @Test
  void a_substream_is_ignored_where_ssidsize_is_0() {
    CommandEntry entry = new AtsCommand.AtcInvalidate(SID, true, 1, false, 0, 0x1000).encode();

    isForwarded(translating(), entry);
    isForwarded(Guest.booted(Guest.IDS.withSsidSize(0)).withDevice(SID), entry);
  }

  @Test
  void pri_resp_needs_pri_and_a_defined_response() {
    CommandEntry success = new AtsCommand.PriResponse(SID, false, 0, 1, 2).encode();
    CommandEntry reserved = new AtsCommand.PriResponse(SID, false, 0, 1, 3).encode();

    isIllegal(Guest.booted(), success);
    hasNoEffect(Guest.booted(Guest.IDS.with(IdField.PRI, 1)), success);
    isIllegal(Guest.booted(Guest.IDS.with(IdField.PRI, 1)), reserved);
  }

  @ParameterizedTest
  @EnumSource(names = {"RESUME", "STALL_TERM"})
  void stall_commands_are_illegal_without_a_stall_model(CommandOpcode opcode) {
    isIllegal(Guest.booted(), bare(opcode));

    IdRegisters ids = Guest.IDS.with(IdField.STALL_MODEL, 0);
    hasNoEffect(Guest.booted(ids), bare(opcode));
  }

  @Test
  void reserved_range_combinations_are_illegal() {
    // a granule without a range; the same once TTL 1 of 16KB counts as 0, and SCALE's bit 25 as 0
    isIllegal(translating(), tlbiVa(1, new InvalidationRange(0x1000, true, 1, 0, false, 0, 0)));
    isIllegal(translating(), tlbiVa(1, new InvalidationRange(0x1000, true, 2, 1, false, 0, 0)));
    isIllegal(translating(), tlbiVa(1, new InvalidationRange(0x1000, true, 1, 0, false, 32, 0)));
    isForwarded(translating(), tlbiVa(1, new InvalidationRange(0x1000, true, 1, 0, false, 2, 7)));
  }

  @Test
  void reserved_range_fields_are_ignored() {
    // NUM without TG, TTL 1 of 16KB with a range, SCALE's bit 25, all without DS
    isForwarded(translating(), tlbiVa(1, new InvalidationRange(0x1000, true, 0, 3, false, 5, 1)));
    isForwarded(translating(), tlbiVa(1, new InvalidationRange(0x1000, true, 2, 1, false, 0, 1)));
    isForwarded(translating(), tlbiVa(1, new InvalidationRange(0x1000, true, 1, 0, false, 33, 1)));
  }

  @Test
  void range_fields_are_ignored_without_ril() {
    IdRegisters ids = Guest.IDS.withRangeInvalidation(false);

    isForwarded(
        Guest.booted(ids).withDevice(1),
        tlbiVa(1, new InvalidationRange(0x1000, true, 0, 0, false, 0, 1)));
  }

  @Test
  void every_opcode_byte_has_an_answer() {
    for (int opcode = 0; opcode < 256; opcode++) {
      Guest guest = translating();

      guest.submits(new CommandEntry(opcode, 0));

      boolean taken = guest.event(CommandsConsumed.class).consumed() == 1;
      assertThat(taken)
          .as("opcode 0x%02x", opcode)
          .isNotEqualTo(guest.state().commandQueueStopped());
      assertThat(guest.events(StreamConfigured.class).isEmpty() || taken).isTrue();
    }
  }
}
