package io.vsmmu.gateway.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.gateway.device.RegisterView.NumberedAccess;
import io.vsmmu.smmu.model.Decision;
import io.vsmmu.smmu.model.Vsmmu;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.spec.GlobalError;
import io.vsmmu.smmu.spec.IdField;
import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.VsmmuProperties;
import io.vsmmu.smmu.stimulus.Durability;
import io.vsmmu.smmu.stimulus.MemorySharing;
import io.vsmmu.smmu.stimulus.Origin;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RegisterViewTest {

  private static final VsmmuState CREATED =
      after(
          VsmmuState.ABSENT,
          new Stimulus.Create(
              Origin.LIVE,
              Durability.COMMITTED,
              VsmmuProperties.ALL_AUTO,
              IdRegisters.DEFAULT.withMsi(false)));

  private final RegisterView view = new RegisterView(CREATED);

  private static VsmmuState after(VsmmuState state, Stimulus stimulus) {
    return ((Decision.Accepted) Vsmmu.decide(state, stimulus)).after();
  }

  private static Access mapped(MemorySharing sharing) {
    return new Access.Notice(new Stimulus.MapMemory(0x4000_0000L, 0x1000, true, true, sharing));
  }

  private static Access write(Register register, long value) {
    return new Access.RegisterWrite(register.offset(), 4, value);
  }

  private static Stimulus written(Register register, long value) {
    return new Stimulus.WriteRegister(register.offset(), 4, value, List.of());
  }

  private long read(Register register) {
    return view.read(register.offset(), 4);
  }

  /** A stimulus is in the log and applied. */
  private void happens(Stimulus stimulus) {
    Decision.Accepted accepted = (Decision.Accepted) Vsmmu.decide(view.visible(), stimulus);
    view.changed(accepted.after(), accepted.events());
  }

  @ParameterizedTest
  @CsvSource({"DESCRIPTOR, true", "FILE, true", "MESSAGES, false"})
  void the_first_read_of_idr0_knows_the_memory_that_the_log_does_not_know_yet(
      MemorySharing sharing, boolean msi) {
    NumberedAccess connected = view.begin(new Access.Notice(new Stimulus.ConnectVmm(1, 0)));
    view.begin(mapped(sharing));

    assertThat(IdField.MSI.bits().isSet(read(Register.IDR0))).isEqualTo(msi);
    assertThat(view.visible().ids().msi()).isFalse();

    happens(new Stimulus.ConnectVmm(1, 0));
    view.complete(connected);
    assertThat(IdField.MSI.bits().isSet(read(Register.IDR0))).isEqualTo(msi);
  }

  @Test
  void a_write_is_seen_by_the_next_read_and_acknowledged_only_when_it_has_taken_effect() {
    NumberedAccess write = view.begin(write(Register.CR0, 8));

    assertThat(read(Register.CR0)).isEqualTo(8);
    assertThat(read(Register.CR0ACK)).isZero();

    happens(written(Register.CR0, 8));
    view.complete(write);
    assertThat(read(Register.CR0ACK)).isEqualTo(8);
  }

  @Test
  void gbpa_update_reads_1_until_the_write_has_taken_effect() {
    NumberedAccess write = view.begin(write(Register.GBPA, 0x8010_0000L));

    assertThat(read(Register.GBPA)).isEqualTo(0x8010_0000L);

    view.complete(write);
    assertThat(read(Register.GBPA) & 0x8000_0000L).isZero();
  }

  @Test
  void the_newest_doorbell_is_read_back_and_a_reset_forgets_it() {
    view.begin(new Access.Doorbell(5));
    view.begin(new Access.Doorbell(9));
    assertThat(read(Register.CMDQ_PROD)).isEqualTo(9);

    view.begin(new Access.Reset());

    assertThat(read(Register.CMDQ_PROD)).isZero();
  }

  @Test
  void a_reset_by_an_operator_reverts_a_complete_doorbell() {
    NumberedAccess bell = view.begin(new Access.Doorbell(5));
    happens(written(Register.CMDQ_PROD, 5));
    view.complete(bell);
    assertThat(read(Register.CMDQ_PROD)).isEqualTo(5);

    happens(new Stimulus.Reset(Stimulus.ResetSource.OPERATOR));

    assertThat(read(Register.CMDQ_PROD)).isZero();
  }

  @Test
  void accesses_pending_after_a_reset_by_an_operator_are_still_read_back() {
    happens(written(Register.CR1, 0xd75));
    view.begin(write(Register.CR2, 2));

    happens(new Stimulus.Reset(Stimulus.ResetSource.OPERATOR));

    assertThat(read(Register.CR1)).isZero();
    assertThat(read(Register.CR2)).isEqualTo(2);
  }

  @Test
  void no_access_before_a_pending_reset_is_acknowledged() {
    NumberedAccess enabled = view.begin(write(Register.CR0, 8));
    NumberedAccess interrupts = view.begin(write(Register.IRQ_CTRL, 5));
    view.begin(new Access.Reset());

    happens(written(Register.CR0, 8));
    assertThat(read(Register.CR0ACK)).isZero();
    view.complete(enabled);
    happens(written(Register.IRQ_CTRL, 5));
    view.complete(interrupts);

    assertThat(read(Register.CR0ACK)).isZero();
    assertThat(read(Register.IRQ_CTRLACK)).isZero();
  }

  @Test
  void an_ignored_write_does_not_hide_changes_of_the_vsmmu() {
    view.begin(write(Register.CR2, 6));
    view.begin(write(Register.GERROR, 0));

    happens(new Stimulus.ReportAbort(GlobalError.EVENTQ_ABT_ERR));

    assertThat(read(Register.GERROR)).isNotZero();
  }

  @Test
  void a_write_of_gbpa_without_update_updates_nothing() {
    view.begin(write(Register.GBPA, 0x0010_0000L));

    assertThat(read(Register.GBPA)).isEqualTo(CREATED.value(Register.GBPA));
  }
}
