package io.vsmmu.control.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.posix.EventFd;
import io.vsmmu.scripted.guest.Await;
import io.vsmmu.scripted.guest.GuestShape;
import io.vsmmu.scripted.guest.MemoryManner;
import io.vsmmu.scripted.guest.ScriptedGuest;
import io.vsmmu.smmu.event.FaultsReported;
import io.vsmmu.smmu.spec.EventRecord;
import io.vsmmu.smmu.spec.EventType;
import io.vsmmu.smmu.spec.OnOffAuto;
import io.vsmmu.smmu.spec.PageRequest;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.stimulus.Durability;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class OutputQueuesTest extends LiveTest {

  private static final long OVERFLOW = 0x8000_0000L;
  private static final long EVENTQ_ABT_ERR = 1 << 2;
  private static final long PRIQ_ABT_ERR = 1 << 3;

  private static List<EventRecord> faults(int first, int count) {
    return IntStream.range(first, first + count)
        .mapToObj(sid -> EventRecord.of(EventType.C_BAD_STREAMID, sid))
        .toList();
  }

  private static void report(LiveRig rig, int first, int count) {
    rig.submit(new Stimulus.ReportFaults(faults(first, count), 0));
  }

  private static List<PageRequest> requests(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> new PageRequest(LiveRig.SID_A | 1L << 60, (long) i << 12 | i))
        .toList();
  }

  @ParameterizedTest
  @EnumSource(MemoryManner.class)
  void records_are_in_memory_when_prod_moves_and_the_message_comes_last(MemoryManner manner)
      throws Exception {
    try (LiveRig rig = LiveRig.of(service)) {
      ScriptedGuest guest = rig.booted(manner);

      for (int i = 0; i < 10; i++) {
        report(rig, 100 * i, 20);

        assertThat(guest.events()).isEqualTo(faults(100 * i, 20));
      }

      if (guest.msi()) {
        assertThat(guest.eventMessage()).isEqualTo(2);
      }
      assertThat(rig.events(FaultsReported.class)).hasSize(10).allMatch(f -> f.queued() == 20);
    }
  }

  @Test
  void no_message_comes_while_the_guest_has_not_enabled_it() throws Exception {
    try (LiveRig rig = LiveRig.of(service)) {
      ScriptedGuest guest = rig.booted();
      guest.writeAndPoll(Register.IRQ_CTRL, 1, Register.IRQ_CTRLACK);

      report(rig, 1, 1);

      assertThat(guest.events()).hasSize(1);
      assertThat(guest.eventMessage()).isZero();
      guest.writeAndPoll(Register.IRQ_CTRL, 5, Register.IRQ_CTRLACK);
      report(rig, 2, 1);
      Await.until("MSI of the event queue", () -> guest.eventMessage() == 2);
    }
  }

  @Test
  void without_msi_records_raise_intx() throws Exception {
    try (LiveRig rig = LiveRig.of(service, OnOffAuto.OFF, Durability.COMMITTED);
        EventFd line = EventFd.create()) {
      ScriptedGuest guest = rig.booted();
      guest.vmm().setIntx(line.fd());

      report(rig, 1, 3);

      assertThat(line.read()).isEqualTo(1);
      assertThat(guest.events()).isEqualTo(faults(1, 3));
    }
  }

  @Test
  void a_full_queue_overflows_once_and_takes_records_again_when_there_is_room() throws Exception {
    try (LiveRig rig = LiveRig.of(service)) {
      ScriptedGuest guest = rig.guest(MemoryManner.DESCRIPTOR);
      guest.boot(GuestShape.LINUX.withLog2Records(3));

      report(rig, 0, 12);
      assertThat(guest.read(Register.EVENTQ_PROD)).isEqualTo(OVERFLOW | 8);
      report(rig, 20, 1);
      assertThat(guest.read(Register.EVENTQ_PROD)).isEqualTo(OVERFLOW | 8);

      assertThat(guest.events()).isEqualTo(faults(0, 8));
      Await.until(
          "the acknowledgement", () -> rig.state().value(Register.EVENTQ_CONS) == (OVERFLOW | 8));
      report(rig, 30, 8);
      assertThat(guest.events()).isEqualTo(faults(30, 8));
      awaitConsumed(rig, Register.EVENTQ_PROD, Register.EVENTQ_CONS);
      report(rig, 40, 9);
      assertThat(guest.read(Register.EVENTQ_PROD) & OVERFLOW).isZero();
      assertThat(rig.events(FaultsReported.class))
          .extracting(FaultsReported::queued)
          .containsExactly(8, 0, 8, 8);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 4, 10, 19})
  void a_queue_of_every_size_wraps(int log2Size) throws Exception {
    try (LiveRig rig = LiveRig.of(service)) {
      ScriptedGuest guest = rig.guest(MemoryManner.DESCRIPTOR);
      guest.boot(GuestShape.LINUX.withLog2Records(log2Size));
      int most = Math.min(1 << log2Size, 512);

      for (int i = 0; i < 5; i++) {
        report(rig, 1000 * i, most);
        assertThat(guest.events()).isEqualTo(faults(1000 * i, most));
        awaitConsumed(rig, Register.EVENTQ_PROD, Register.EVENTQ_CONS);
      }
    }
  }

  private static void awaitConsumed(LiveRig rig, Register prod, Register cons) {
    Await.until("CONS", () -> rig.state().value(prod) == rig.state().value(cons));
  }

  @Test
  void a_queue_that_cannot_be_written_is_a_global_error_and_takes_nothing_until_acknowledged()
      throws Exception {
    try (LiveRig rig = LiveRig.of(service)) {
      ScriptedGuest guest = rig.guest(MemoryManner.DESCRIPTOR);
      guest.boot(GuestShape.LINUX.withRecordsAt(0x8000_0000L));

      report(rig, 1, 1);

      Await.until("EVENTQ_ABT_ERR", () -> (guest.read(Register.GERROR) & EVENTQ_ABT_ERR) != 0);
      Await.until("MSI of GERROR", () -> guest.errorMessage() == 1);
      report(rig, 2, 1);
      assertThat(rig.events(FaultsReported.class).getLast().queued()).isZero();
      guest.acknowledgeErrors();
      guest.sync();
    }
  }

  @Test
  void page_requests_follow_the_same_protocol() throws Exception {
    try (LiveRig rig = LiveRig.withPri(service)) {
      ScriptedGuest guest = rig.guest(MemoryManner.DESCRIPTOR);
      guest.boot(GuestShape.LINUX.withLog2Records(2));

      rig.submit(new Stimulus.ReportPageRequests(requests(3)));

      assertThat(guest.read(Register.PRIQ_PROD)).isEqualTo(3);
      for (int i = 0; i < 3; i++) {
        byte[] record = guest.ram().read(GuestShape.PAGE_REQUESTS + 16L * i, 16);
        assertThat(record).isEqualTo(requests(3).get(i).toBytes());
      }
      Await.until("MSI of the PRI queue", () -> guest.pageRequestMessage() == 3);
      rig.submit(new Stimulus.ReportPageRequests(requests(3)));
      assertThat(guest.read(Register.PRIQ_PROD)).isEqualTo(OVERFLOW | 4);
      guest.write(Register.PRIQ_CONS, OVERFLOW | 4);
      awaitConsumed(rig, Register.PRIQ_PROD, Register.PRIQ_CONS);
      rig.submit(new Stimulus.ReportPageRequests(requests(1)));
      assertThat(guest.read(Register.PRIQ_PROD)).isEqualTo(OVERFLOW | 5);
    }
  }

  @Test
  void page_requests_that_cannot_be_written_are_a_global_error() throws Exception {
    try (LiveRig rig = LiveRig.withPri(service)) {
      ScriptedGuest guest = rig.booted();
      guest.vmm().unmap(GuestShape.RAM, GuestShape.RAM_BYTES);

      rig.submit(new Stimulus.ReportPageRequests(requests(1)));

      Await.until("PRIQ_ABT_ERR", () -> (guest.read(Register.GERROR) & PRIQ_ABT_ERR) != 0);
    }
  }
}
