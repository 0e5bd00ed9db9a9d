package io.vsmmu.smmu.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.smmu.event.RegisterWritten;
import io.vsmmu.smmu.event.RegisterWritten.Verdict;
import io.vsmmu.smmu.spec.IdField;
import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.spec.Register;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** IHI 0070, 6.2 and 6.3: what a write to the frame does. */
class RegisterWritesTest {

  @ParameterizedTest
  @EnumSource(names = {"STRTAB_BASE", "CMDQ_BASE", "EVENTQ_BASE", "GERROR_IRQ_CFG0"})
  void halves_of_a_64_bit_register_are_written_by_32_bit_writes(Register register) {
    // given a register whose fields take bits of both halves
    Guest guest = Guest.created();
    long value = 0x0000_0a34_89ab_cdc0L & ~register.fields().reservedMask(0);

    // when the low half and then the high half is written
    guest.writes(register.offset(), 4, value & 0xffff_ffffL);
    assertThat(guest.reg(register)).isEqualTo(value & 0xffff_ffffL);
    guest.writes(register.offset() + 4, 4, value >>> 32);

    // then each kept the other half, and both read back
    assertThat(guest.reg(register)).isEqualTo(value);
    assertThat(guest.state().read(register.offset(), 8)).isEqualTo(value);
    assertThat(guest.state().read(register.offset(), 4)).isEqualTo(value & 0xffff_ffffL);
    assertThat(guest.state().read(register.offset() + 4, 4)).isEqualTo(value >>> 32);
  }

  @ParameterizedTest
  @CsvSource({
    "0x20, 1",
    "0x20, 2",
    "0x20, 8",
    "0x20, 3",
    "0x22, 4",
    "0x84, 8",
    "0x30, 4",
    "0x1000, 4",
    "0x7fffffff, 4",
    "-4, 4",
    "0x80, 16",
    "0x80, 0",
    "0x80, -1"
  })
  void other_widths_offsets_and_alignments_are_raz_wi_and_recorded(String offset, int width) {
    Guest guest = Guest.created();
    RegisterFile before = guest.state().registers();

    guest.writes(Integer.decode(offset), width, -1L);

    assertThat(guest.event(RegisterWritten.class).verdict()).isEqualTo(Verdict.NO_REGISTER);
    assertThat(guest.state().registers()).isEqualTo(before);
    assertThat(guest.state().read(Integer.decode(offset), width)).isZero();
  }

  @ParameterizedTest
  @EnumSource(
      names = {
        "IDR0",
        "IDR1",
        "IDR5",
        "IIDR",
        "AIDR",
        "CR0ACK",
        "STATUSR",
        "IRQ_CTRLACK",
        "GERROR",
        "PIDR0",
        "CIDR3"
      })
  void read_only_registers_ignore_writes(Register register) {
    Guest guest = Guest.created();
    long before = guest.reg(register);

    guest.writes(register, ~before);

    assertThat(guest.event(RegisterWritten.class).verdict()).isEqualTo(Verdict.READ_ONLY);
    assertThat(guest.reg(register)).isEqualTo(before);
  }

  @ParameterizedTest
  @EnumSource(
      names = {
        "PRIQ_BASE",
        "PRIQ_PROD",
        "PRIQ_CONS",
        "PRIQ_IRQ_CFG0",
        "GERROR_IRQ_CFG0",
        "GERROR_IRQ_CFG1",
        "GERROR_IRQ_CFG2",
        "EVENTQ_IRQ_CFG0",
        "EVENTQ_IRQ_CFG1",
        "EVENTQ_IRQ_CFG2",
        "AGBPA"
      })
  void registers_of_features_that_are_not_advertised_are_raz_wi(Register register) {
    Guest guest = Guest.created(IdRegisters.DEFAULT.withStage2(false));

    guest.writes(register, -1L);

    assertThat(guest.event(RegisterWritten.class).verdict()).isEqualTo(Verdict.NOT_IMPLEMENTED);
    assertThat(guest.reg(register)).isZero();
  }

  @ParameterizedTest
  @EnumSource(
      value = Register.class,
      names = {"CR1", "CR2", "IRQ_CTRL", "GERRORN", "STRTAB_BASE", "STRTAB_BASE_CFG", "CMDQ_PROD"})
  void reserved_bits_read_back_as_zero(Register register) {
    Guest guest = Guest.created();

    guest.writes(register, -1L);

    assertThat(guest.reg(register) & register.fields().reservedMask(0)).isZero();
    assertThat(guest.reg(register)).isNotZero();
  }

  @Test
  void bits_of_features_that_are_not_shown_read_back_as_zero() {
    // given an SMMU without Hyp, BTM, ATSRECERR, PRI, MSI, ECMDQ, DPT
    Guest guest = Guest.created(IdRegisters.DEFAULT.withStage2(false));

    guest.writes(Register.CR2, -1L).writes(Register.GERRORN, -1L);

    assertThat(guest.reg(Register.CR2)).as("RECINVSID").isEqualTo(0x2);
    assertThat(guest.reg(Register.GERRORN))
        .as("CMDQ_ERR, EVENTQ_ABT_ERR, SFM_ERR")
        .isEqualTo(0x105);
  }

  @ParameterizedTest
  @ValueSource(ints = {32, 36, 40, 42, 44, 48, 52, 56})
  void addresses_above_the_oas_read_back_as_zero(int oas) {
    Guest guest = Guest.created(Guest.IDS.with(IdField.PRI, 1).withOasBits(oas));
    long below = -1L >>> (64 - oas);

    for (Register register :
        List.of(Register.STRTAB_BASE, Register.GERROR_IRQ_CFG0, Register.PRIQ_IRQ_CFG0)) {
      guest.writes(register, 0x00ff_ffff_ffff_ffffL);
      assertThat(guest.reg(register))
          .as("%s", register)
          .isEqualTo(below & ~register.fields().reservedMask(0));
    }
    for (Register register :
        List.of(Register.CMDQ_BASE, Register.EVENTQ_BASE, Register.PRIQ_BASE)) {
      guest.writes(register, 0x00ff_ffff_ffff_ffe0L);
      assertThat(guest.reg(register)).as("%s", register).isEqualTo(below & ~0x1fL);
    }
  }

  @Test
  void index_bits_that_the_queues_size_leaves_unused_read_as_zero() {
    Guest guest = Guest.configured();

    guest.writes(Register.CMDQ_CONS, 0xf_ffff).writes(Register.EVENTQ_PROD, 0x800f_ffffL);

    assertThat(guest.reg(Register.CMDQ_CONS)).isEqualTo((2 << Guest.QUEUE_LOG2) - 1);
    assertThat(guest.reg(Register.EVENTQ_PROD)).isEqualTo(0x8000_0007L);
  }

  @Test
  void cr0ack_echoes_the_implemented_bits_of_cr0() {
    Guest guest = Guest.created(IdRegisters.DEFAULT.withStage2(false));

    guest.writes(Register.CR0, 0xffff_ffffL);

    // PRIQEN, ATSCHK and VMW are not implemented here.
    assertThat(guest.reg(Register.CR0)).isEqualTo(Guest.ALL_ENABLED);
    assertThat(guest.reg(Register.CR0ACK)).isEqualTo(Guest.ALL_ENABLED);
  }

  @Test
  void ats_and_pri_add_their_enable_bits_to_cr0() {
    Guest guest = Guest.created(Guest.IDS.with(IdField.PRI, 1));

    guest.writes(Register.CR0, 0xffff_ffffL).writes(Register.IRQ_CTRL, 0xffff_ffffL);

    assertThat(guest.reg(Register.CR0ACK)).isEqualTo(0x1f);
    assertThat(guest.reg(Register.IRQ_CTRLACK)).isEqualTo(0x7);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 4, 5, 0xffff_fff5L})
  void irq_ctrlack_echoes_the_implemented_bits_of_irq_ctrl(long value) {
    Guest guest = Guest.created();

    guest.writes(Register.IRQ_CTRL, value);

    assertThat(guest.reg(Register.IRQ_CTRL)).isEqualTo(value & 0x5);
    assertThat(guest.reg(Register.IRQ_CTRLACK)).isEqualTo(value & 0x5);
  }

  @Test
  void a_write_freezes_the_id_registers() {
    Guest guest = Guest.created();
    assertThat(guest.state().guestStarted()).isFalse();

    guest.writes(0x3000, 4, 0);

    assertThat(guest.state().guestStarted()).isTrue();
  }
}
