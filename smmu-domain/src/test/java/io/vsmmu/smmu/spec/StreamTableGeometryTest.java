package io.vsmmu.smmu.spec;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.smmu.spec.StreamTableGeometry.BadStreamId;
import io.vsmmu.smmu.spec.StreamTableGeometry.L1Address;
import io.vsmmu.smmu.spec.StreamTableGeometry.Reason;
import io.vsmmu.smmu.spec.StreamTableGeometry.SteAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StreamTableGeometryTest {

  private static final IdRegisters IDS = IdRegisters.DEFAULT;

  /** FMT=2-level, SPLIT=8, LOG2SIZE=16: what Linux programs for 16 StreamID bits. */
  private static final StreamTableGeometry LINUX =
      StreamTableGeometry.of(0x4000_0000_4020_0000L, 0x10210, IDS);

  @Test
  void a_linear_table_puts_entries_64_bytes_apart() {
    StreamTableGeometry linear = StreamTableGeometry.of(0x8000_0000L, 0x8, IDS);

    assertThat(linear.twoLevel()).isFalse();
    assertThat(linear.locate(0)).isEqualTo(new SteAddress(0x8000_0000L));
    assertThat(linear.locate(0xff)).isEqualTo(new SteAddress(0x8000_3fc0L));
    assertThat(linear.locate(0x100)).isEqualTo(new BadStreamId(Reason.ABOVE_TABLE));
    assertThat(linear.locate(-1)).isEqualTo(new BadStreamId(Reason.ABOVE_TABLE));
  }

  @Test
  void the_base_is_aligned_by_the_literal_log2size() {
    assertThat(StreamTableGeometry.of(0x8000_7fc0L, 0x8, IDS).base()).isEqualTo(0x8000_4000L);
    assertThat(StreamTableGeometry.of(0xff_ffff_ffff_ffc0L, 0x3f, IDS).base()).isZero();
    assertThat(StreamTableGeometry.of(-1, 0, IDS.withOasBits(56)).base())
        .isEqualTo(0x00ff_ffff_ffff_ffc0L);
    assertThat(StreamTableGeometry.of(0x4020_0fffL, 0x10210, IDS).base()).isEqualTo(0x4020_0800L);
    assertThat(StreamTableGeometry.of(0x4020_0fffL, 0x10208, IDS).base()).isEqualTo(0x4020_0fc0L);
  }

  @ParameterizedTest
  @ValueSource(ints = {32, 36, 40, 42, 44, 48, 52, 56})
  void the_base_is_truncated_to_the_output_address_size(int oas) {
    IdRegisters ids = IDS.withOasBits(oas);

    assertThat(StreamTableGeometry.of(-1, 0, ids).base()).isEqualTo((-1L >>> (64 - oas)) & ~0x3fL);
  }

  @Test
  void log2size_is_limited_to_the_streamid_size() {
    StreamTableGeometry huge = StreamTableGeometry.of(0, 0x3f, IDS);

    assertThat(huge.log2Size()).isEqualTo(16);
    assertThat(huge.covers(0xffff)).isTrue();
    assertThat(huge.covers(0x10000)).isFalse();
    assertThat(StreamTableGeometry.of(0, 0x3f, IDS.with(IdField.SIDSIZE, 32)).covers(-1)).isTrue();
    assertThat(StreamTableGeometry.of(0, 0, IDS).covers(1)).isFalse();
  }

  @Test
  void a_2_level_table_names_the_descriptor_first_and_then_the_entry() {
    assertThat(LINUX.base()).isEqualTo(0x4020_0000L);
    assertThat(LINUX.locate(0x0900)).isEqualTo(new L1Address(0x4020_0048L));
    assertThat(LINUX.locate(0xffff)).isEqualTo(new L1Address(0x4020_07f8L));
    assertThat(LINUX.locate(0x0903, 0x4100_0009L)).isEqualTo(new SteAddress(0x4100_00c0L));
    assertThat(LINUX.locate(0x09ff, 0x4100_0009L)).isEqualTo(new SteAddress(0x4100_3fc0L));
  }

  @ParameterizedTest
  @CsvSource({
    "0x41000000, 0, SPAN_ZERO",
    "0x4100000c, 0, SPAN_RESERVED",
    "0x4100001f, 0, SPAN_RESERVED",
    "0x4100000a, 0, SPAN_ABOVE_SPLIT",
    "0x4100000b, 0, SPAN_ABOVE_SPLIT",
    "0x41000001, 1, ABOVE_SPAN",
    "0x41000008, 0x80, ABOVE_SPAN"
  })
  void a_descriptor_that_does_not_hold_the_streamid_makes_it_bad(
      String descriptor, String sid, Reason reason) {
    assertThat(LINUX.locate(Integer.decode(sid), Long.decode(descriptor)))
        .isEqualTo(new BadStreamId(reason));
  }

  @ParameterizedTest
  @CsvSource({
    "0x41000001, 0, 0x41000000",
    "0x41000008, 0x7f, 0x41001fc0",
    "0x41000fc9, 1, 0x41000040",
    "0x41003fc1, 0, 0x41003fc0"
  })
  void the_second_level_is_aligned_to_its_size(String descriptor, String sid, String address) {
    assertThat(LINUX.locate(Integer.decode(sid), Long.decode(descriptor)))
        .isEqualTo(new SteAddress(Long.decode(address)));
  }

  @ParameterizedTest
  @CsvSource({"6, 6", "8, 8", "10, 10", "0, 6", "7, 6", "9, 6", "31, 6"})
  void reserved_split_values_behave_as_6(int split, int effective) {
    int cfg = 0x10010 | split << 6;

    assertThat(StreamTableGeometry.of(0, cfg, IDS).split()).isEqualTo(effective);
  }

  @ParameterizedTest
  @CsvSource({"0x00210, false", "0x10210, true", "0x20210, false", "0x30210, false"})
  void reserved_formats_behave_as_linear(String cfg, boolean twoLevel) {
    assertThat(StreamTableGeometry.of(0, Integer.decode(cfg), IDS).twoLevel()).isEqualTo(twoLevel);
  }

  @Test
  void without_2_level_support_the_table_is_linear() {
    IdRegisters linearOnly = IDS.with(IdField.ST_LEVEL, 0);

    assertThat(StreamTableGeometry.of(0, 0x10210, linearOnly).twoLevel()).isFalse();
  }

  @Test
  void span_and_pointer_of_a_descriptor_are_read() {
    assertThat(StreamTableGeometry.span(0x00ff_ffff_ffff_ffe9L)).isEqualTo(9);
    assertThat(StreamTableGeometry.l2Pointer(0xffff_ffff_ffff_ffe1L))
        .isEqualTo(0x00ff_ffff_ffff_ffc0L);
  }
}
