package io.vsmmu.smmu.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RegisterTest {

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          0x0, 4, IDR0, 0, 32
          0x14, 4, IDR5, 0, 32
          0x18, 4, IIDR, 0, 32
          0x1c, 4, AIDR, 0, 32
          0x20, 4, CR0, 0, 32
          0x24, 4, CR0ACK, 0, 32
          0x40, 4, STATUSR, 0, 32
          0x44, 4, GBPA, 0, 32
          0x48, 4, AGBPA, 0, 32
          0x54, 4, IRQ_CTRLACK, 0, 32
          0x64, 4, GERRORN, 0, 32
          0x68, 8, GERROR_IRQ_CFG0, 0, 64
          0x68, 4, GERROR_IRQ_CFG0, 0, 32
          0x6c, 4, GERROR_IRQ_CFG0, 32, 32
          0x70, 4, GERROR_IRQ_CFG1, 0, 32
          0x80, 8, STRTAB_BASE, 0, 64
          0x84, 4, STRTAB_BASE, 32, 32
          0x88, 4, STRTAB_BASE_CFG, 0, 32
          0x90, 8, CMDQ_BASE, 0, 64
          0x98, 4, CMDQ_PROD, 0, 32
          0x9c, 4, CMDQ_CONS, 0, 32
          0xa4, 4, EVENTQ_BASE, 32, 32
          0xb4, 4, EVENTQ_IRQ_CFG0, 32, 32
          0xc0, 8, PRIQ_BASE, 0, 64
          0xdc, 4, PRIQ_IRQ_CFG2, 0, 32
          0xfd0, 4, PIDR4, 0, 32
          0xffc, 4, CIDR3, 0, 32
          0x100a8, 4, EVENTQ_PROD, 0, 32
          0x100cc, 4, PRIQ_CONS, 0, 32
          """)
  void an_aligned_access_reaches_a_register_or_half_of_one(
      String offset, int bytes, Register register, int shift, int width) {
    assertThat(Register.at(Integer.decode(offset), bytes))
        .contains(new RegisterAccess(register, shift, width));
  }

  @ParameterizedTest
  @CsvSource({
    "0x20, 8", "0x98, 8", "0x100a8, 8", "0x64, 8", "0x84, 8", "0x6c, 8", "0x82, 4", "0x81, 8",
    "0x20, 1", "0x20, 2", "0x80, 16", "0x20, 0", "0x30, 4", "0xa8, 4", "0xac, 4", "0x8000, 4",
    "0x10020, 4", "0x20000, 4", "-4, 4", "-2147483648, 4", "2147483647, 8", "0xfcc, 4", "0x1000, 4"
  })
  void pairs_of_registers_other_sizes_unaligned_and_undefined_offsets_reach_nothing(
      String offset, int bytes) {
    assertThat(Register.at(Integer.decode(offset), bytes)).isEqualTo(Optional.empty());
  }

  /** The rule of 6.2, register by register, against the table that answers. */
  @Test
  void every_offset_of_the_frame_reaches_what_the_registers_say() {
    for (int offset = -16; offset < 0x20010; offset++) {
      for (int bytes : new int[] {1, 2, 4, 8, 16}) {
        assertThat(Register.at(offset, bytes))
            .as("0x%x, %d bytes", offset, bytes)
            .isEqualTo(expected(offset, bytes));
      }
    }
  }

  private static Optional<RegisterAccess> expected(int offset, int bytes) {
    for (Register register : Register.values()) {
      int within = offset - register.offset();
      boolean half = bytes == 4 && (within == 0 || (within == 4 && register.widthBits() == 64));
      boolean whole = bytes == 8 && within == 0 && register.widthBits() == 64;
      if (half || whole) {
        return Optional.of(new RegisterAccess(register, within * 8, bytes * 8));
      }
    }
    return Optional.empty();
  }

  @Test
  void halves_of_a_64_bit_register_are_read_and_merged_separately() {
    RegisterAccess low = Register.at(0x90, 4).orElseThrow();
    RegisterAccess high = Register.at(0x94, 4).orElseThrow();
    RegisterAccess whole = Register.at(0x90, 8).orElseThrow();

    assertThat(high.read(0x1122334455667788L)).isEqualTo(0x11223344L);
    assertThat(low.read(0x1122334455667788L)).isEqualTo(0x55667788L);
    assertThat(high.merge(0x1122334455667788L, 0xffffffff_aabbccddL))
        .isEqualTo(0xaabbccdd55667788L);
    assertThat(low.merge(0x1122334455667788L, 0xaabbccddL)).isEqualTo(0x11223344aabbccddL);
    assertThat(whole.merge(-1, 0x42)).isEqualTo(0x42);
  }

  @Test
  void the_id_block_names_the_component_class_and_hides_the_maker() {
    assertThat(Register.CIDR0.resetValue()).isEqualTo(0x0d);
    assertThat(Register.CIDR1.resetValue()).isEqualTo(0xf0);
    assertThat(Register.CIDR2.resetValue()).isEqualTo(0x05);
    assertThat(Register.CIDR3.resetValue()).isEqualTo(0xb1);
    assertThat(Register.PIDR0.resetValue()).isZero();
    assertThat(Register.values())
        .filteredOn(r -> r.offset() >= 0xfd0 && r.offset() <= 0xffc)
        .hasSize(12)
        .allMatch(r -> r.mode() == Register.Mode.RO);
  }

  @Test
  void id_registers_reset_to_what_the_vsmmu_shows() {
    for (Register register : Register.values()) {
      if (register.offset() <= Register.AIDR.offset()) {
        assertThat(register.resetValue()).isEqualTo(IdRegisters.DEFAULT.value(register));
      }
    }
    assertThat(Register.IDR0.resetValue()).isEqualTo(0x0d44101bL);
    assertThat(Register.GBPA.resetValue()).isEqualTo(0x1000L);
  }

  @Test
  void registers_do_not_overlap() {
    for (Register a : Register.values()) {
      for (Register b : Register.values()) {
        assertThat(
                a != b && b.offset() >= a.offset() && b.offset() < a.offset() + a.widthBits() / 8)
            .as(a + " and " + b)
            .isFalse();
      }
    }
  }
}
