package io.vsmmu.smmu.model;

import static io.vsmmu.smmu.event.StreamBehaviour.ABORT;
import static io.vsmmu.smmu.event.StreamBehaviour.TRANSLATE;
import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.smmu.event.CommandsConsumed;
import io.vsmmu.smmu.spec.AtsCommand;
import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.EventType;
import io.vsmmu.smmu.spec.IdField;
import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.spec.SteFields;
import io.vsmmu.smmu.spec.StreamTableEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** STEs with several CDs, and commands that name one of them (IHI 0070, 3.9, 5.2, 4.3, 4.5). */
class SubstreamTest {

  private static final int SID = 1;
  private static final int SSIDS = 4;

  private static final int TWO_LEVEL_4K = 1;
  private static final int TWO_LEVEL_64K = 2;

  private static IdRegisters withTwoLevelTables() {
    return Guest.IDS.with(IdField.CD2L, 1);
  }

  /** A stage 1 STE with {@code 2^cdMax} CDs. */
  private static StreamTableEntry ste(int format, int cdMax, int dss) {
    long word0 = SteFields.S1FMT.set(Commands.TRANSLATE.word0(), format);
    return StreamTableEntry.ofTwoWords(
        SteFields.S1CDMAX.set(word0, cdMax), SteFields.S1DSS.set(Commands.TRANSLATE.word1(), dss));
  }

  private static HostObject nested(Guest guest) {
    HostObject hwpt = guest.state().objects().get(guest.stream(SID).hwpt());
    assertThat(hwpt.kind()).isEqualTo(HostObject.Kind.NESTED_HWPT);
    return hwpt;
  }

  private static boolean isForwarded(Guest guest, CommandEntry entry) {
    guest.submits(entry);
    CommandsConsumed slice = guest.event(CommandsConsumed.class);
    assertThat(slice.entries().getFirst()).isEqualTo(entry);
    assertThat(slice.consumed()).isEqualTo(1);
    return slice.forwarded().get(0);
  }

  private static CommandEntry atcInv(int ssid) {
    return new AtsCommand.AtcInvalidate(SID, true, ssid, false, 12, 0x7000).encode();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, SSIDS})
  void the_shape_of_a_table_of_several_cds_reaches_the_host(int cdMax) {
    StreamTableEntry ste = ste(0, cdMax, 2);
    Guest guest = Guest.booted().withDevice(SID).installs(SID, ste);

    assertThat(guest.stream(SID).effective()).isEqualTo(TRANSLATE);
    assertThat(SteFields.S1CDMAX.get(nested(guest).word0())).isEqualTo(cdMax);
    assertThat(SteFields.S1DSS.get(nested(guest).word1())).isEqualTo(2);
    assertThat(nested(guest).word0()).isEqualTo(ste.hostWord0());
  }

  @ParameterizedTest
  @ValueSource(ints = {TWO_LEVEL_4K, TWO_LEVEL_64K})
  void a_two_level_table_of_cds_needs_cd2l(int format) {
    StreamTableEntry ste = ste(format, SSIDS, 2);

    Guest with = Guest.booted(withTwoLevelTables()).withDevice(SID).installs(SID, ste);
    Guest without = Guest.booted().withDevice(SID).installs(SID, ste);

    assertThat(with.stream(SID).effective()).isEqualTo(TRANSLATE);
    assertThat(SteFields.S1FMT.get(nested(with).word0())).isEqualTo(format);
    assertThat(without.stream(SID).effective()).isEqualTo(ABORT);
    assertThat(without.stream(SID).fault()).isEqualTo(EventType.C_BAD_STE.code());
  }

  @ParameterizedTest
  @CsvSource({"4, TRANSLATE", "5, ABORT", "20, ABORT", "31, ABORT"})
  void a_table_has_no_more_cds_than_there_are_substreams(
      int cdMax, io.vsmmu.smmu.event.StreamBehaviour expected) {
    Guest guest = Guest.booted().withDevice(SID).installs(SID, ste(0, cdMax, 2));

    assertThat(guest.stream(SID).effective()).isEqualTo(expected);
  }

  @Test
  void what_transactions_without_a_substream_meet_is_a_new_configuration() {
    Guest guest = Guest.booted().withDevice(SID).installs(SID, ste(0, SSIDS, 0));
    long before = guest.stream(SID).hwpt();

    guest.installs(SID, ste(0, SSIDS, 1));

    assertThat(guest.stream(SID).hwpt()).isNotEqualTo(before);
    assertThat(SteFields.S1DSS.get(nested(guest).word1())).isEqualTo(1);
    assertThat(guest.state().objects()).doesNotContainKey(before);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 15})
  void an_invalidation_of_one_cd_is_forwarded_with_its_substream(int ssid) {
    Guest guest = Guest.booted().withDevice(SID).installs(SID, ste(0, SSIDS, 2));

    assertThat(isForwarded(guest, Commands.cfgiCd(SID, ssid))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 7, 15})
  void an_atc_invalidation_of_a_substream_is_forwarded_with_it(int ssid) {
    Guest guest = Guest.booted().withDevice(SID).installs(SID, ste(0, SSIDS, 2));

    assertThat(isForwarded(guest, atcInv(ssid))).isTrue();
  }

  @Test
  void an_atc_invalidation_of_a_substream_counts_as_one_without_where_there_are_none() {
    Guest guest = Guest.booted(Guest.IDS.withSsidSize(0)).withDevice(SID);

    assertThat(isForwarded(guest.installs(SID, Commands.TRANSLATE), atcInv(1))).isTrue();
  }

  @Test
  void a_single_cd_stays_possible_with_substreams() {
    Guest guest = Guest.booted().withDevice(SID).installs(SID, ste(0, 0, 0));

    assertThat(guest.stream(SID).effective()).isEqualTo(TRANSLATE);
    assertThat(SteFields.S1CDMAX.get(nested(guest).word0())).isZero();
  }
}
