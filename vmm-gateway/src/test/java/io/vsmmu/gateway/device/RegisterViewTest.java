package io.vsmmu.gateway.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.smmu.model.Decision;
import io.vsmmu.smmu.model.Vsmmu;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.spec.IdFields;
import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.stimulus.Durability;
import io.vsmmu.smmu.stimulus.Origin;
import io.vsmmu.smmu.stimulus.Properties;
import io.vsmmu.smmu.stimulus.Sharing;
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
              Properties.ALL_AUTO,
              IdRegisters.DEFAULT.withMsi(false)));

  private final RegisterView view = new RegisterView(CREATED);

  private static VsmmuState after(VsmmuState state, Stimulus stimulus) {
    return ((Decision.Accepted) Vsmmu.decide(state, stimulus)).after();
  }

  private static Access mapped(Sharing sharing) {
    return new Access.Told(new Stimulus.MapMemory(0x4000_0000L, 0x1000, true, true, sharing));
  }

  private long read(Register register) {
    return view.read(register.offset(), 4);
  }

  @ParameterizedTest
  @CsvSource({"DESCRIPTOR, true", "FILE, true", "MESSAGES, false"})
  void the_first_read_of_idr0_knows_the_memory_that_the_log_does_not_know_yet(
      Sharing sharing, boolean msi) {
    Access connected = new Access.Told(new Stimulus.ConnectVmm(1, 0));
    Access mapped = mapped(sharing);
    view.began(connected);
    view.began(mapped);

    assertThat(IdFields.MSI.isSet(read(Register.IDR0))).isEqualTo(msi);
    assertThat(view.visible().ids().msi()).isFalse();

    view.changed(after(CREATED, new Stimulus.ConnectVmm(1, 0)));
    view.took(connected);
    assertThat(IdFields.MSI.isSet(read(Register.IDR0))).isEqualTo(msi);
  }

  @Test
  void a_write_is_seen_by_the_next_read_and_acknowledged_only_when_it_has_taken_effect() {
    Access write = new Access.RegisterWrite(Register.CR0.offset(), 4, 8);
    view.began(write);

    assertThat(read(Register.CR0)).isEqualTo(8);
    assertThat(read(Register.CR0ACK)).isZero();

    view.changed(
        after(CREATED, new Stimulus.WriteRegister(Register.CR0.offset(), 4, 8, List.of())));
    view.took(write);
    assertThat(read(Register.CR0ACK)).isEqualTo(8);
  }

  @Test
  void gbpa_update_reads_1_until_the_write_has_taken_effect() {
    Access write = new Access.RegisterWrite(Register.GBPA.offset(), 4, 0x8010_0000L);
    view.began(write);

    assertThat(read(Register.GBPA)).isEqualTo(0x8010_0000L);

    view.took(write);
    assertThat(read(Register.GBPA) & 0x8000_0000L).isZero();
  }

  @Test
  void the_newest_doorbell_is_read_back_and_a_reset_forgets_it() {
    view.began(new Access.Doorbell(5));
    view.began(new Access.Doorbell(9));
    assertThat(read(Register.CMDQ_PROD)).isEqualTo(9);

    view.began(new Access.Reset());

    assertThat(read(Register.CMDQ_PROD)).isZero();
  }
}
