package io.vsmmu.smmu.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.smmu.event.PageRequestsReported;
import io.vsmmu.smmu.spec.GlobalError;
import io.vsmmu.smmu.spec.IdField;
import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.spec.PageRequest;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.util.Collections;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** IHI 0070, 8.1 and 8.2: the PRI queue, here of four entries, and its overflow. */
class PageRequestQueueTest {

  private static final long OVFLG = 0x8000_0000L;
  private static final int PRIQEN = 2;
  private static final int PRIQS_LOG2 = 7;
  private static final IdRegisters IDS =
      Guest.IDS.with(IdField.PRI, 1).with(IdField.PRIQS, PRIQS_LOG2);

  private static Guest enabled(int cr0) {
    return Guest.configured(IDS)
        .writes(Register.PRIQ_BASE, 0xb000_0000L | 2)
        .writes(Register.CR0, cr0);
  }

  private static Guest enabled() {
    return enabled(Guest.ALL_ENABLED | PRIQEN);
  }

  private static Guest requested(Guest guest, int records, long lost) {
    return guest.meets(
        new Stimulus.ReportPageRequests(
            Collections.nCopies(records, new PageRequest(0x7000_0000_0000_0009L, 0x1000)), lost));
  }

  private static int queued(Guest guest) {
    return guest.event(PageRequestsReported.class).queued();
  }

  @Test
  void page_requests_move_priq_prod() {
    Guest guest = requested(enabled(), 3, 0);

    assertThat(queued(guest)).isEqualTo(3);
    assertThat(guest.reg(Register.PRIQ_PROD)).isEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(ints = {Guest.ALL_ENABLED, PRIQEN | Guest.EVENTQEN, 0})
  void priqen_counts_only_while_smmuen_is_set(int cr0) {
    Guest guest = requested(enabled(cr0), 9, 1);

    assertThat(queued(guest)).isZero();
    assertThat(guest.reg(Register.PRIQ_PROD)).isZero();
  }

  @Test
  void a_request_that_does_not_fit_toggles_ovflg_and_nothing_is_taken_until_acknowledged() {
    Guest guest = requested(enabled(), 4, 0);
    assertThat(guest.reg(Register.PRIQ_PROD)).as("full is no overflow").isEqualTo(4);

    requested(guest, 1, 0);
    assertThat(guest.reg(Register.PRIQ_PROD)).isEqualTo(OVFLG | 4);

    // unlike the event queue: there is space, but the overflow is not acknowledged
    guest.writes(Register.PRIQ_CONS, 4);
    requested(guest, 1, 0);
    assertThat(guest.reg(Register.PRIQ_PROD)).isEqualTo(OVFLG | 4);
    assertThat(queued(guest)).isZero();

    guest.writes(Register.PRIQ_CONS, OVFLG | 4);
    requested(guest, 5, 0);
    assertThat(guest.reg(Register.PRIQ_PROD)).isZero();
    assertThat(queued(guest)).isEqualTo(4);
  }

  @Test
  void requests_that_were_lost_are_an_overflow() {
    Guest guest = requested(enabled(), 1, 2);

    assertThat(guest.reg(Register.PRIQ_PROD)).isEqualTo(OVFLG | 1);
  }

  @Test
  void log2size_is_capped_by_idr1_priqs_except_for_readback() {
    Guest guest = Guest.configured(IDS).writes(Register.PRIQ_BASE, 31);

    assertThat(guest.state().priQueueLog2Size()).isEqualTo(PRIQS_LOG2);
    assertThat(guest.reg(Register.PRIQ_BASE)).isEqualTo(31);
  }

  @Test
  void indexes_out_of_step_are_a_full_queue() {
    Guest guest = enabled().writes(Register.PRIQ_CONS, 1);

    requested(guest, 1, 0);

    assertThat(queued(guest)).isZero();
    assertThat(guest.reg(Register.PRIQ_PROD)).isEqualTo(OVFLG);
  }

  @Test
  void a_queue_that_could_not_be_written_takes_nothing_until_acknowledged() {
    Guest guest = enabled().meets(new Stimulus.ReportAbort(GlobalError.PRIQ_ABT_ERR));

    requested(guest, 5, 0);
    assertThat(guest.reg(Register.PRIQ_PROD)).isZero();

    requested(guest.acknowledges(), 1, 0);
    assertThat(guest.reg(Register.PRIQ_PROD)).isEqualTo(1);
  }

  @Test
  void requests_beyond_the_limit_of_one_stimulus_count_as_lost() {
    Guest guest = requested(enabled(), Limits.PAGE_REQUESTS + 7, Long.MAX_VALUE - 3);

    PageRequestsReported event = guest.event(PageRequestsReported.class);
    assertThat(event.records()).hasSize(Limits.PAGE_REQUESTS);
    assertThat(event.lost()).isEqualTo(Long.MAX_VALUE);
  }
}
