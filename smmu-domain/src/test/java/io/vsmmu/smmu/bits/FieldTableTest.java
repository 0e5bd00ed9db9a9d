package io.vsmmu.smmu.bits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class FieldTableTest {

  private static final Bits LOW = Bits.field("LOW", 7, 0);
  private static final Bits HIGH = Bits.field("HIGH", 63, 60);
  private static final Bits WHOLE = Bits.field("WHOLE", 63, 0);
  private static final FieldTable TABLE =
      FieldTable.words(2).word(0, HIGH, LOW).word(1, WHOLE).build();

  @Test
  void a_field_is_cut_out_right_aligned_and_put_back() {
    assertThat(HIGH.get(0xa000_0000_0000_00ffL)).isEqualTo(0xa);
    assertThat(HIGH.set(-1, 5)).isEqualTo(0x5fff_ffff_ffff_ffffL);
    assertThat(WHOLE.get(-1)).isEqualTo(-1);
    assertThat(WHOLE.set(0, -1)).isEqualTo(-1);
    assertThat(LOW.set(0, 0x1ff)).isEqualTo(0xff);
  }

  @Test
  void an_address_field_keeps_its_place() {
    Bits address = Bits.field("ADDR", 55, 12);

    assertThat(address.inPlace(-1)).isEqualTo(0x00ff_ffff_ffff_f000L);
    assertThat(address.setInPlace(0xfff, -1)).isEqualTo(0x00ff_ffff_ffff_ffffL);
  }

  @Test
  void a_value_fits_up_to_the_fields_width() {
    assertThat(LOW.holds(0xff)).isTrue();
    assertThat(LOW.holds(0x100)).isFalse();
    assertThat(LOW.holds(-1)).isFalse();
    assertThat(WHOLE.holds(-1)).isTrue();
  }

  @Test
  void decoding_keeps_the_declared_order() {
    assertThat(TABLE.decode(0xa000_0000_0000_0012L, 7).toString())
        .isEqualTo("{HIGH=10, LOW=18, WHOLE=7}");
  }

  @Test
  void bits_no_field_claims_are_reserved() {
    assertThat(TABLE.reservedMask(0)).isEqualTo(0x0fff_ffff_ffff_ff00L);
    assertThat(TABLE.reservedMask(1)).isZero();
    assertThat(TABLE.reservedBitsSet(0x100, 0)).isTrue();
    assertThat(TABLE.reservedBitsSet(0xf000_0000_0000_00ffL, -1)).isFalse();
    assertThat(FieldTable.of32(LOW).reservedMask(0)).isEqualTo(0xffff_ff00L);
  }

  @Test
  void a_diff_names_fields_and_reserved_bits() {
    assertThat(TABLE.diff(new long[] {1, 2}, new long[] {0x8000_0000_0000_0101L, 2}))
        .containsExactly(
            new FieldTable.Difference("HIGH", 0, 8),
            new FieldTable.Difference("RES0[0]", 0, 0x100));
  }

  @Test
  void overlaps_repeated_names_and_wrong_word_counts_are_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FieldTable.of64(LOW, Bits.bit("X", 7)))
        .withMessageContaining("X overlaps");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FieldTable.words(2).word(0, LOW).word(1, LOW));
    assertThatIllegalArgumentException().isThrownBy(() -> FieldTable.of32(Bits.bit("HIGH", 32)));
    assertThatIllegalArgumentException().isThrownBy(() -> TABLE.decode(1));
    assertThatIllegalArgumentException().isThrownBy(() -> new Bits("BAD", 5, 4));
    assertThatIllegalArgumentException().isThrownBy(() -> Bits.bit("BAD", 64));
  }
}
