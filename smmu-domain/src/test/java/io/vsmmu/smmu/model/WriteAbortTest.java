package io.vsmmu.smmu.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.smmu.event.FaultsReported;
import io.vsmmu.smmu.event.GlobalErrorRaised;
import io.vsmmu.smmu.spec.EventRecords;
import io.vsmmu.smmu.spec.GlobalError;
import io.vsmmu.smmu.spec.IdField;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** IHI 0070, 6.3.19, 7.2.2 and 8.2: writes to guest memory that fail. */
class WriteAbortTest {

  @ParameterizedTest
  @CsvSource({
    "EVENTQ_ABT_ERR, 0x04",
    "PRIQ_ABT_ERR, 0x08",
    "MSI_CMDQ_ABT_ERR, 0x10",
    "MSI_EVENTQ_ABT_ERR, 0x20",
    "MSI_PRIQ_ABT_ERR, 0x40",
    "MSI_GERROR_ABT_ERR, 0x80"
  })
  void an_abort_toggles_its_bit_once_until_the_guest_acknowledges(GlobalError error, String bit) {
    Guest guest = Guest.booted(Guest.IDS.with(IdField.PRI, 1));
    long mask = Long.decode(bit);

    guest.meets(new Stimulus.ReportAbort(error));
    assertThat(guest.reg(Register.GERROR)).isEqualTo(mask);
    assertThat(guest.state().active(error)).isTrue();

    guest.meets(new Stimulus.ReportAbort(error));
    assertThat(guest.reg(Register.GERROR)).as("not toggled back").isEqualTo(mask);

    guest.acknowledges();
    assertThat(guest.state().active(error)).isFalse();
    guest.meets(new Stimulus.ReportAbort(error));
    assertThat(guest.reg(Register.GERROR)).isZero();
    assertThat(guest.state().active(error)).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void an_abort_of_a_feature_that_is_not_shown_raises_nothing(GlobalError error) {
    Guest guest = Guest.booted(Guest.IDS.with(IdField.PRI, 0).withMsi(false));

    guest.meets(new Stimulus.ReportAbort(error));

    long expected = error == GlobalError.EVENTQ_ABT_ERR ? 4 : 0;
    assertThat(guest.event(GlobalErrorRaised.class))
        .isEqualTo(new GlobalErrorRaised(error, expected));
  }

  @Test
  void other_errors_stay_as_they_are() {
    Guest guest = Guest.booted().submits(Commands.illegal());

    guest.meets(new Stimulus.ReportAbort(GlobalError.MSI_CMDQ_ABT_ERR));

    assertThat(guest.reg(Register.GERROR)).isEqualTo(0x11);
    assertThat(guest.state().commandQueueStopped()).isTrue();
  }

  @Test
  void an_event_queue_that_could_not_be_written_takes_nothing_until_acknowledged() {
    Guest guest = Guest.booted().meets(new Stimulus.ReportAbort(GlobalError.EVENTQ_ABT_ERR));
    Stimulus fault = new Stimulus.ReportFaults(List.of(EventRecords.badSte(1)), 0);

    guest.meets(fault);
    assertThat(guest.event(FaultsReported.class).queued()).isZero();
    assertThat(guest.reg(Register.EVENTQ_PROD)).as("and does not overflow").isZero();

    guest.acknowledges().meets(fault);
    assertThat(guest.reg(Register.EVENTQ_PROD)).isEqualTo(1);
  }
}
