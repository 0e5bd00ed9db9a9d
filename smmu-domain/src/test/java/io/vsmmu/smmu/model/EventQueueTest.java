package io.vsmmu.smmu.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.smmu.event.FaultsReported;
import io.vsmmu.smmu.spec.EventRecords;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.util.Collections;
import org.junit.jupiter.api.Test;

/** IHI 0070, 7.2 and 7.4: the event queue, here of four entries, and its overflow. */
class EventQueueTest {

  private static final long OVFLG = 0x8000_0000L;

  private static Guest faulted(Guest guest, int records, long lost) {
    return guest.meets(
        new Stimulus.ReportFaults(Collections.nCopies(records, EventRecords.badStreamId(9)), lost));
  }

  @Test
  void faults_move_eventq_prod() {
    Guest guest = faulted(Guest.booted(), 3, 0);

    assertThat(guest.event(FaultsReported.class).queued()).isEqualTo(3);
    assertThat(guest.reg(Register.EVENTQ_PROD)).isEqualTo(3);
  }

  @Test
  void a_disabled_event_queue_takes_nothing_and_does_not_overflow() {
    Guest guest = faulted(Guest.configured(), 9, 1);

    assertThat(guest.event(FaultsReported.class).queued()).isZero();
    assertThat(guest.reg(Register.EVENTQ_PROD)).isZero();
  }

  @Test
  void a_record_that_does_not_fit_toggles_ovflg_once() {
    Guest guest = faulted(Guest.booted(), 4, 0);
    assertThat(guest.reg(Register.EVENTQ_PROD)).as("full is no overflow").isEqualTo(4);

    faulted(guest, 1, 0);
    assertThat(guest.reg(Register.EVENTQ_PROD)).isEqualTo(OVFLG | 4);

    faulted(guest, 1, 0);
    assertThat(guest.reg(Register.EVENTQ_PROD)).as("not toggled back").isEqualTo(OVFLG | 4);
  }

  @Test
  void an_acknowledged_overflow_may_happen_again() {
    Guest guest = faulted(Guest.booted(), 5, 0);

    guest.writes(Register.EVENTQ_CONS, OVFLG | 4);
    faulted(guest, 5, 0);

    assertThat(guest.reg(Register.EVENTQ_PROD)).isEqualTo(0);
    assertThat(guest.event(FaultsReported.class).queued()).isEqualTo(4);
  }

  @Test
  void records_that_the_host_lost_are_an_overflow_and_a_blind_spot() {
    Guest guest = faulted(Guest.booted(), 1, 7);

    assertThat(guest.reg(Register.EVENTQ_PROD)).isEqualTo(OVFLG | 1);
    assertThat(guest.state().health().status()).isEqualTo(Health.Status.DEGRADED);
    assertThat(guest.state().health().reasons().getLast()).contains("7");
  }

  @Test
  void records_beyond_the_limit_of_one_stimulus_count_as_lost() {
    Guest guest = Guest.configured().writes(Register.EVENTQ_BASE, 0xa000_0000L | 19);
    guest.writes(Register.CR0, Guest.ALL_ENABLED);

    faulted(guest, Limits.FAULT_RECORDS + 5, 2);

    FaultsReported event = guest.event(FaultsReported.class);
    assertThat(event.records()).hasSize(Limits.FAULT_RECORDS);
    assertThat(event.queued()).isEqualTo(Limits.FAULT_RECORDS);
    assertThat(event.lost()).isEqualTo(7);
    assertThat(guest.reg(Register.EVENTQ_PROD)).isEqualTo(OVFLG | Limits.FAULT_RECORDS);
  }

  @Test
  void indexes_out_of_step_are_a_full_queue() {
    Guest guest = Guest.booted().writes(Register.EVENTQ_CONS, 1);

    faulted(guest, 1, 0);

    assertThat(guest.event(FaultsReported.class).queued()).isZero();
    assertThat(guest.reg(Register.EVENTQ_PROD)).isEqualTo(OVFLG);
  }

  @Test
  void health_names_a_bounded_number_of_reasons() {
    Guest guest = Guest.booted();
    for (int i = 0; i < 100; i++) {
      faulted(guest, 0, i + 1);
    }

    assertThat(guest.state().health().reasons()).hasSize(Limits.HEALTH_REASONS);
    assertThat(guest.state().health().failures()).isEqualTo(100);
  }

  @Test
  void health_names_each_reason_once_the_newest_last() {
    Guest guest = Guest.booted();
    for (int lost : new int[] {1, 2, 1}) {
      faulted(guest, 0, lost);
    }

    assertThat(guest.state().health().reasons()).hasSize(2).doesNotHaveDuplicates();
    assertThat(guest.state().health().reasons().getLast()).contains("1");
    assertThat(guest.state().health().failures()).isEqualTo(3);
  }
}
