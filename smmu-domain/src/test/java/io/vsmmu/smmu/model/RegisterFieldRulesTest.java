package io.vsmmu.smmu.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.smmu.event.RegisterWritten;
import io.vsmmu.smmu.event.RegisterWritten.Verdict;
import io.vsmmu.smmu.rules.RegisterGuard;
import io.vsmmu.smmu.rules.RegisterRule;
import io.vsmmu.smmu.rules.RegisterRules;
import io.vsmmu.smmu.rules.RegisterValue;
import io.vsmmu.smmu.spec.IdField;
import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.StreamTableGeometry;
import io.vsmmu.smmu.spec.TableFields;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The tables of the registers' fields against what {@code decide} does. */
class RegisterFieldRulesTest {

  private static final long ALL = -1L;

  /** The largest queues, so that no index bit is unused. */
  private static final long LARGEST = 19;

  private static Guest guest(IdRegisters ids) {
    return Guest.created(ids)
        .writes(Register.CMDQ_BASE, LARGEST)
        .writes(Register.EVENTQ_BASE, LARGEST)
        .writes(Register.PRIQ_BASE, LARGEST);
  }

  /** Index bits count as far as the queue has entries; PRIQS is 0 here. */
  private static long readable(Guest guest, Register register) {
    return switch (register) {
      case CMDQ_CONS -> 0x7f0f_ffffL;
      case EVENTQ_PROD -> 0x800f_ffffL;
      case PRIQ_PROD -> 0x8000_0001L;
      case GBPA -> 0x7fff_ffffL;
      default -> ALL;
    };
  }

  @Test
  void each_bit_of_each_register_is_stored_exactly_where_the_table_has_it() {
    Set<RegisterRule> seen = new HashSet<>();
    SmmuVariants.recorded()
        .forEach(
            (name, ids) -> {
              for (Register register : Register.values()) {
                boolean writable = register.mode() == Register.Mode.RW;
                for (int bit = 0; writable && bit < register.widthBits(); bit++) {
                  storesOnly(name, guest(ids), register, bit);
                }
              }
              for (RegisterRule rule : RegisterRules.conditional()) {
                if (rule.exists().applyAsLong(ids) != rule.bits().mask()) {
                  seen.add(rule);
                }
              }
            });
    assertThat(seen).hasSameElementsAs(RegisterRules.conditional());
  }

  private static void storesOnly(String name, Guest guest, Register register, int bit) {
    long written = 1L << bit | (register == Register.GBPA ? 0x8000_0000L : 0);
    long exists = RegisterRules.implemented(register, guest.state().ids());

    guest.writes(register, written);

    assertThat(guest.reg(register))
        .as("%s: %s bit %d", name, register, bit)
        .isEqualTo(written & exists & readable(guest, register));
  }

  @Test
  void bits_outside_of_fields_never_exist() {
    for (Register register : Register.values()) {
      for (IdRegisters ids : SmmuVariants.recorded().values()) {
        assertThat(RegisterRules.implemented(register, ids) & register.fields().reservedMask(0))
            .as("%s", register)
            .isZero();
      }
    }
  }

  @Test
  void acknowledgements_show_exactly_the_bits_that_exist() {
    SmmuVariants.recorded()
        .forEach(
            (name, ids) -> {
              Guest guest = guest(ids);
              guest.writes(Register.CR0, ALL).writes(Register.IRQ_CTRL, ALL);
              assertThat(guest.reg(Register.CR0ACK))
                  .as(name)
                  .isEqualTo(RegisterRules.implemented(Register.CR0, ids));
              assertThat(guest.reg(Register.IRQ_CTRLACK))
                  .as(name)
                  .isEqualTo(RegisterRules.implemented(Register.IRQ_CTRL, ids));
            });
  }

  @Test
  void guarded_bits_keep_their_value_while_what_they_configure_is_enabled() {
    IdRegisters ids = Guest.IDS.with(IdField.PRI, 1);
    for (RegisterGuard guard : RegisterRules.guarded()) {
      Guest guest = guest(ids).writes(guard.register(), ALL);
      long before = guest.reg(guard.register());

      guest.writes(guard.control(), guard.enables().mask()).writes(guard.register(), 0);

      assertThat(guest.reg(guard.register())).as("%s", guard).isEqualTo(before & guard.bits());
      assertThat(guest.event(RegisterWritten.class).verdict())
          .as("%s", guard)
          .isEqualTo(guard.bits() == ALL ? Verdict.LOCKED : Verdict.TAKEN);
    }
  }

  @Test
  void registers_without_a_bit_that_exists_ignore_writes() {
    SmmuVariants.recorded()
        .forEach(
            (name, ids) -> {
              for (Register register : Register.values()) {
                if (RegisterRules.implemented(register, ids) == 0) {
                  Guest guest = guest(ids).writes(register, ALL);
                  assertThat(guest.reg(register)).as("%s: %s", name, register).isZero();
                }
              }
            });
  }

  @Test
  void reserved_values_of_the_stream_tables_shape_behave_as_the_table_says() {
    for (RegisterValue value : RegisterRules.special()) {
      if (value.register() != Register.STRTAB_BASE_CFG) {
        continue;
      }
      // SPLIT only counts in a 2-level table.
      boolean split = value.bits().equals(TableFields.STRTAB_SPLIT);
      long cfg = 16 | (split ? TableFields.STRTAB_FMT.set(0, 1) : 0);

      assertThat(geometry(value.bits().set(cfg, value.value())))
          .as("%s %s", value.field(), value.when())
          .isEqualTo(geometry(value.bits().set(cfg, value.as())));
    }
  }

  private static StreamTableGeometry geometry(long cfg) {
    return StreamTableGeometry.of(0x8000_0000L, (int) cfg, Guest.IDS);
  }
}
