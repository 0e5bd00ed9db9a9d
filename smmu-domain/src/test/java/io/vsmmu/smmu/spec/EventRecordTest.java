package io.vsmmu.smmu.spec;

import static io.vsmmu.smmu.spec.FieldRows.hex;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The words are written out from the bit numbers of IHI 0070, 7.3, not from the field tables. */
class EventRecordTest {

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          F_UUT | 0x01 | 0xfffffffffffff801 | 0x0000000e0000ffff | 0xffffffffffffffff | 0x0000000000000000
          C_BAD_STREAMID | 0x02 | 0xfffffffffffff802 | 0x0000000000000000 | 0x0000000000000000 | 0x0000000000000000
          F_STE_FETCH | 0x03 | 0xfffffffffffff803 | 0x000000000001ffff | 0x0000000000000000 | 0x00fffffffffffff8
          C_BAD_STE | 0x04 | 0xfffffffffffff804 | 0x0000000000000000 | 0x0000000000000000 | 0x0000000000000000
          F_BAD_ATS_TREQ | 0x05 | 0xfffffffffffff805 | 0xffffffff00000000 | 0xfffffffffffff000 | 0x0000000000000000
          F_STREAM_DISABLED | 0x06 | 0xfffffffffffff806 | 0x0000000000000000 | 0x0000000000000000 | 0x0000000000000000
          F_TRANSL_FORBIDDEN | 0x07 | 0xfffffffffffff807 | 0x0000000800000000 | 0xffffffffffffffff | 0x0000000000000000
          C_BAD_SUBSTREAMID | 0x08 | 0xfffffffffffff008 | 0x0000000000000000 | 0x0000000000000000 | 0x0000000000000000
          F_CD_FETCH | 0x09 | 0xfffffffffffff809 | 0x000000000001ffff | 0x0000000000000000 | 0x00fffffffffffff8
          C_BAD_CD | 0x0a | 0xfffffffffffff80a | 0x0000000000000000 | 0x0000000000000000 | 0x0000000000000000
          F_WALK_EABT | 0x0b | 0xfffffffffffff80b | 0x0000038e0001ffff | 0xffffffffffffffff | 0x00fffffffffffff8
          F_TRANSLATION | 0x10 | 0xfffffffffffff810 | 0x000f03ce8000ffff | 0xffffffffffffffff | 0x00fffffffffff000
          F_ADDR_SIZE | 0x11 | 0xfffffffffffff811 | 0x000f03ce8000ffff | 0xffffffffffffffff | 0x00fffffffffff000
          F_ACCESS | 0x12 | 0xfffffffffffff812 | 0x000f03ce8000ffff | 0xffffffffffffffff | 0x00fffffffffff000
          F_PERMISSION | 0x13 | 0xfffffffffffff813 | 0x000f13ce8000ffff | 0xffffffffffffffff | 0x00fffffffffff000
          F_TLB_CONFLICT | 0x20 | 0xfffffffffffff820 | 0x000000ce0000ffff | 0xffffffffffffffff | 0x00fffffffffff000
          F_CFG_CONFLICT | 0x21 | 0xfffffffffffff821 | 0x00000000ffffffff | 0x0000000000000000 | 0x0000000000000000
          E_PAGE_REQUEST | 0x24 | 0xfffffffffffff824 | 0x000ff0fc00000000 | 0xfffffffffffff000 | 0x0000000000000000
          F_VMS_FETCH | 0x25 | 0xfffffffffffff825 | 0x000000000001ffff | 0x0000000000000000 | 0x00fffffffffffff8
          """)
  void a_record_with_every_field_set_has_no_reserved_bit_and_every_other_bit_is_reserved(
      EventType type, String number, String w0, String w1, String w2, String w3) {
    long[] words = {hex(w0), hex(w1), hex(w2), hex(w3)};
    EventRecord record = new EventRecord(words[0], words[1], words[2], words[3]);

    assertThat(type.code()).isEqualTo((int) hex(number));
    assertThat(record.type()).contains(type);
    assertThat(type.fields().reservedMask(0)).isEqualTo(~(words[0] | 0xff));
    assertThat(type.fields().reservedMask(1)).isEqualTo(~words[1]);
    assertThat(type.fields().reservedMask(2)).isEqualTo(~words[2]);
    assertThat(type.fields().reservedMask(3)).isEqualTo(~words[3]);
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          F_UUT | SSV | 0 | 0x0000000000000800 | 0x1
          F_UUT | SubstreamID | 0 | 0x00000000fffff000 | 0xfffff
          F_UUT | StreamID | 0 | 0xffffffff00000000 | 0xffffffff
          F_UUT | Reason | 1 | 0x000000000000ffff | 0xffff
          F_UUT | PnU | 1 | 0x0000000200000000 | 0x1
          F_UUT | InD | 1 | 0x0000000400000000 | 0x1
          F_UUT | RnW | 1 | 0x0000000800000000 | 0x1
          F_UUT | InputAddr | 2 | 0xffffffffffffffff | 0xffffffffffffffff
          F_STE_FETCH | SSV | 0 | 0x0000000000000800 | 0x1
          F_STE_FETCH | SubstreamID | 0 | 0x00000000fffff000 | 0xfffff
          F_STE_FETCH | StreamID | 0 | 0xffffffff00000000 | 0xffffffff
          F_STE_FETCH | Reason | 1 | 0x000000000000ffff | 0xffff
          F_STE_FETCH | GPCF | 1 | 0x0000000000010000 | 0x1
          F_STE_FETCH | FetchAddr | 3 | 0x00fffffffffffff8 | 0x1fffffffffffff
          F_TRANSL_FORBIDDEN | SSV | 0 | 0x0000000000000800 | 0x1
          F_TRANSL_FORBIDDEN | SubstreamID | 0 | 0x00000000fffff000 | 0xfffff
          F_TRANSL_FORBIDDEN | StreamID | 0 | 0xffffffff00000000 | 0xffffffff
          F_TRANSL_FORBIDDEN | RnW | 1 | 0x0000000800000000 | 0x1
          F_TRANSL_FORBIDDEN | InputAddr | 2 | 0xffffffffffffffff | 0xffffffffffffffff
          F_BAD_ATS_TREQ | SSV | 0 | 0x0000000000000800 | 0x1
          F_BAD_ATS_TREQ | SubstreamID | 0 | 0x00000000fffff000 | 0xfffff
          F_BAD_ATS_TREQ | StreamID | 0 | 0xffffffff00000000 | 0xffffffff
          F_BAD_ATS_TREQ | SpanAndPermissions | 1 | 0xffffffff00000000 | 0xffffffff
          F_BAD_ATS_TREQ | InputAddr | 2 | 0xfffffffffffff000 | 0xfffffffffffff
          F_WALK_EABT | SSV | 0 | 0x0000000000000800 | 0x1
          F_WALK_EABT | SubstreamID | 0 | 0x00000000fffff000 | 0xfffff
          F_WALK_EABT | StreamID | 0 | 0xffffffff00000000 | 0xffffffff
          F_WALK_EABT | Reason | 1 | 0x000000000000ffff | 0xffff
          F_WALK_EABT | GPCF | 1 | 0x0000000000010000 | 0x1
          F_WALK_EABT | PnU | 1 | 0x0000000200000000 | 0x1
          F_WALK_EABT | InD | 1 | 0x0000000400000000 | 0x1
          F_WALK_EABT | RnW | 1 | 0x0000000800000000 | 0x1
          F_WALK_EABT | S2 | 1 | 0x0000008000000000 | 0x1
          F_WALK_EABT | CLASS | 1 | 0x0000030000000000 | 0x3
          F_WALK_EABT | InputAddr | 2 | 0xffffffffffffffff | 0xffffffffffffffff
          F_WALK_EABT | FetchAddr | 3 | 0x00fffffffffffff8 | 0x1fffffffffffff
          F_PERMISSION | SSV | 0 | 0x0000000000000800 | 0x1
          F_PERMISSION | SubstreamID | 0 | 0x00000000fffff000 | 0xfffff
          F_PERMISSION | StreamID | 0 | 0xffffffff00000000 | 0xffffffff
          F_PERMISSION | STAG | 1 | 0x000000000000ffff | 0xffff
          F_PERMISSION | Stall | 1 | 0x0000000080000000 | 0x1
          F_PERMISSION | PnU | 1 | 0x0000000200000000 | 0x1
          F_PERMISSION | InD | 1 | 0x0000000400000000 | 0x1
          F_PERMISSION | RnW | 1 | 0x0000000800000000 | 0x1
          F_PERMISSION | NSIPA | 1 | 0x0000004000000000 | 0x1
          F_PERMISSION | S2 | 1 | 0x0000008000000000 | 0x1
          F_PERMISSION | CLASS | 1 | 0x0000030000000000 | 0x3
          F_PERMISSION | TTRnW | 1 | 0x0000100000000000 | 0x1
          F_PERMISSION | ImpDef | 1 | 0x000f000000000000 | 0xf
          F_PERMISSION | InputAddr | 2 | 0xffffffffffffffff | 0xffffffffffffffff
          F_PERMISSION | IPA | 3 | 0x00fffffffffff000 | 0xfffffffffff
          F_TLB_CONFLICT | SSV | 0 | 0x0000000000000800 | 0x1
          F_TLB_CONFLICT | SubstreamID | 0 | 0x00000000fffff000 | 0xfffff
          F_TLB_CONFLICT | StreamID | 0 | 0xffffffff00000000 | 0xffffffff
          F_TLB_CONFLICT | Reason | 1 | 0x000000000000ffff | 0xffff
          F_TLB_CONFLICT | PnU | 1 | 0x0000000200000000 | 0x1
          F_TLB_CONFLICT | InD | 1 | 0x0000000400000000 | 0x1
          F_TLB_CONFLICT | RnW | 1 | 0x0000000800000000 | 0x1
          F_TLB_CONFLICT | NSIPA | 1 | 0x0000004000000000 | 0x1
          F_TLB_CONFLICT | S2 | 1 | 0x0000008000000000 | 0x1
          F_TLB_CONFLICT | InputAddr | 2 | 0xffffffffffffffff | 0xffffffffffffffff
          F_TLB_CONFLICT | IPA | 3 | 0x00fffffffffff000 | 0xfffffffffff
          F_CFG_CONFLICT | SSV | 0 | 0x0000000000000800 | 0x1
          F_CFG_CONFLICT | SubstreamID | 0 | 0x00000000fffff000 | 0xfffff
          F_CFG_CONFLICT | StreamID | 0 | 0xffffffff00000000 | 0xffffffff
          F_CFG_CONFLICT | Reason | 1 | 0x00000000ffffffff | 0xffffffff
          E_PAGE_REQUEST | SSV | 0 | 0x0000000000000800 | 0x1
          E_PAGE_REQUEST | SubstreamID | 0 | 0x00000000fffff000 | 0xfffff
          E_PAGE_REQUEST | StreamID | 0 | 0xffffffff00000000 | 0xffffffff
          E_PAGE_REQUEST | uX | 1 | 0x0000000400000000 | 0x1
          E_PAGE_REQUEST | uW | 1 | 0x0000000800000000 | 0x1
          E_PAGE_REQUEST | uR | 1 | 0x0000001000000000 | 0x1
          E_PAGE_REQUEST | pX | 1 | 0x0000002000000000 | 0x1
          E_PAGE_REQUEST | pW | 1 | 0x0000004000000000 | 0x1
          E_PAGE_REQUEST | pR | 1 | 0x0000008000000000 | 0x1
          E_PAGE_REQUEST | Span | 1 | 0x000ff00000000000 | 0xff
          E_PAGE_REQUEST | InputAddr | 2 | 0xfffffffffffff000 | 0xfffffffffffff
          """)
  void each_field_alone_decodes_to_its_largest_value(
      EventType type, String field, int word, String bits, String value) {
    long[] words = {type.code(), 0, 0, 0};
    words[word] |= hex(bits);
    EventRecord record = new EventRecord(words[0], words[1], words[2], words[3]);

    assertThat(FieldRows.nonZero(record.decoded())).containsExactly("Type", field);
    assertThat(record.decoded()).containsEntry(field, hex(value));
  }

  @Test
  void a_translation_fault_reported_by_hardware_decodes() {
    EventRecord record =
        new EventRecord(0x0000000100002810L, 0x0000020880000b17L, 0xffff0000fe5b8000L, 0);

    assertThat(record.name()).isEqualTo("F_TRANSLATION");
    assertThat(record.sid()).isEqualTo(1);
    assertThat(record.get(EventFields.SSV)).isOne();
    assertThat(record.get(EventFields.SUBSTREAM_ID)).isEqualTo(2);
    assertThat(record.get(EventFields.STAG)).isEqualTo(0xb17);
    assertThat(record.get(EventFields.STALL)).isOne();
    assertThat(record.get(EventFields.RNW)).isOne();
    assertThat(record.get(EventFields.S2)).isZero();
    assertThat(record.get(EventFields.CLASS)).isEqualTo(2);
    assertThat(record.get(EventFields.INPUT_ADDR)).isEqualTo(0xffff0000fe5b8000L);
  }

  @Test
  void configuration_errors_are_written_as_specified() {
    assertThat(EventRecords.badStreamId(0xffff0001))
        .isEqualTo(new EventRecord(0xffff000100000002L, 0, 0, 0));
    assertThat(EventRecords.badSte(0x900)).isEqualTo(new EventRecord(0x0000090000000004L, 0, 0, 0));
    assertThat(
            EventRecord.of(EventType.F_STE_FETCH, 0x900)
                .withAddress(EventFields.FETCH_ADDR, 0x4000_0240L))
        .isEqualTo(new EventRecord(0x0000090000000003L, 0, 0, 0x4000_0240L));
    assertThat(EventRecords.withSubstream(EventRecords.badSte(1), 0xfffff))
        .isEqualTo(new EventRecord(0x00000001fffff804L, 0, 0, 0));
  }

  @Test
  void an_unknown_number_keeps_its_words() {
    EventRecord record = new EventRecord(0xe0, 1, 2, 3);

    assertThat(record.type()).isEmpty();
    assertThat(record.name()).isEqualTo("EVENT_0xe0");
    assertThat(record.decoded()).containsEntry("Word1", 1L).containsEntry("Word3", 3L);
  }

  @Test
  void records_are_32_little_endian_bytes() {
    byte[] bytes = EventRecords.badStreamId(0x04030201).toBytes();

    assertThat(bytes).hasSize(32).startsWith(2, 0, 0, 0, 1, 2, 3, 4);
    assertThat(EventRecord.fromBytes(bytes)).isEqualTo(EventRecords.badStreamId(0x04030201));
  }

  @Test
  void a_page_request_decodes_from_its_two_words() {
    PageRequest request = new PageRequest(0xd400_1234_0000_0900L, 0xffff_0000_1234_51ffL);

    assertThat(request.sid()).isEqualTo(0x900);
    assertThat(request.decoded())
        .containsEntry("SubstreamID", 0x1234L)
        .containsEntry("SSV", 1L)
        .containsEntry("Last", 1L)
        .containsEntry("PRGIndex", 0x1ffL)
        .containsEntry("PageAddr", 0xf_fff0_0001_2345L)
        .containsEntry("Priv", 1L)
        .containsEntry("X", 0L)
        .containsEntry("R", 1L)
        .containsEntry("W", 0L);
    assertThat(request.toBytes()).startsWith(0x00, 0x09, 0x00, 0x00, 0x34, 0x12).hasSize(16);
    assertThat(PageRequest.TABLE.reservedMask(0)).isEqualTo(0x03f0_0000_0000_0000L);
    assertThat(PageRequest.TABLE.reservedMask(1)).isEqualTo(0xe00L);
  }
}
