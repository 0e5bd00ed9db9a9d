package io.vsmmu.smmu.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.smmu.event.RegisterWritten;
import io.vsmmu.smmu.event.RegisterWritten.Verdict;
import io.vsmmu.smmu.spec.IdField;
import io.vsmmu.smmu.spec.Register;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** IHI 0070, 6.3: registers that are guarded by an enable bit. */
class LockedRegistersTest {

  private static final long VALUE = 0x0000_0012_3456_7ac7L;

  @ParameterizedTest
  @CsvSource({
    "STRTAB_BASE, CR0, 1",
    "STRTAB_BASE_CFG, CR0, 1",
    "CR2, CR0, 1",
    "CMDQ_BASE, CR0, 8",
    "CMDQ_CONS, CR0, 8",
    "EVENTQ_BASE, CR0, 4",
    "EVENTQ_PROD, CR0, 4",
    "PRIQ_BASE, CR0, 2",
    "PRIQ_PROD, CR0, 2",
    "GERROR_IRQ_CFG0, IRQ_CTRL, 1",
    "GERROR_IRQ_CFG1, IRQ_CTRL, 1",
    "GERROR_IRQ_CFG2, IRQ_CTRL, 1",
    "EVENTQ_IRQ_CFG0, IRQ_CTRL, 4",
    "EVENTQ_IRQ_CFG1, IRQ_CTRL, 4",
    "EVENTQ_IRQ_CFG2, IRQ_CTRL, 4",
    "PRIQ_IRQ_CFG0, IRQ_CTRL, 2",
    "PRIQ_IRQ_CFG1, IRQ_CTRL, 2",
    "PRIQ_IRQ_CFG2, IRQ_CTRL, 2"
  })
  void locked_registers_ignore_writes_while_what_they_configure_is_enabled(
      Register register, Register control, int enable) {
    // given everything enabled but what guards this register
    Guest guest = Guest.created(Guest.IDS.with(IdField.PRI, 1));
    guest.writes(control, 0x1f & ~enable);

    // then it takes a value
    guest.writes(register, VALUE);
    assertThat(guest.event(RegisterWritten.class).verdict()).isEqualTo(Verdict.TAKEN);
    long taken = guest.reg(register);
    assertThat(taken).isNotZero();

    // when the guard is enabled, then it does not
    guest.writes(control, 0x1f);
    guest.writes(register, 0);
    assertThat(guest.event(RegisterWritten.class).verdict()).isEqualTo(Verdict.LOCKED);
    assertThat(guest.reg(register)).isEqualTo(taken);
  }

  @ParameterizedTest
  @CsvSource({"CMDQ_PROD", "EVENTQ_CONS", "PRIQ_CONS", "GERRORN"})
  void the_guests_side_of_the_queues_is_never_locked(Register register) {
    Guest guest = Guest.created(Guest.IDS.with(IdField.PRI, 1));
    guest.writes(Register.CR0, 0x1f).writes(Register.IRQ_CTRL, 0x7);

    guest.writes(register, 1);

    assertThat(guest.event(RegisterWritten.class).verdict()).isEqualTo(Verdict.TAKEN);
    assertThat(guest.reg(register)).isEqualTo(1);
  }

  @Test
  void cr1_table_attributes_are_locked_by_smmuen_and_queue_attributes_by_any_queue() {
    Guest guest = Guest.created().writes(Register.CR1, 0xd75);

    guest.writes(Register.CR0, Guest.SMMUEN).writes(Register.CR1, 0);
    assertThat(guest.reg(Register.CR1)).isEqualTo(0xd40);

    guest.writes(Register.CR0, 0).writes(Register.CR1, 0xd75);
    guest.writes(Register.CR0, Guest.EVENTQEN).writes(Register.CR1, 0);
    assertThat(guest.reg(Register.CR1)).isEqualTo(0x35);
  }

  @Test
  void cmdq_cons_written_while_disabled_is_where_consumption_starts() {
    Guest guest = Guest.configured().writes(Register.CMDQ_CONS, 0x3);

    guest.writes(Register.CR0, Guest.CMDQEN);

    assertThat(guest.cons()).isEqualTo(3);
    assertThat(guest.state().commandQueue().fetched()).isEqualTo(3);
  }
}
