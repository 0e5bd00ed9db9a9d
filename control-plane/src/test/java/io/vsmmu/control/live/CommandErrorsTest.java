package io.vsmmu.control.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.host.simulated.FaultPlan;
import io.vsmmu.posix.Errno;
import io.vsmmu.posix.EventFd;
import io.vsmmu.scripted.guest.Await;
import io.vsmmu.scripted.guest.GuestShape;
import io.vsmmu.scripted.guest.MemoryManner;
import io.vsmmu.scripted.guest.ScriptedGuest;
import io.vsmmu.smmu.event.CommandQueueFailed;
import io.vsmmu.smmu.event.CommandsConsumed;
import io.vsmmu.smmu.event.StreamBehaviour;
import io.vsmmu.smmu.model.Health;
import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.CommandError;
import io.vsmmu.smmu.spec.OnOffAuto;
import io.vsmmu.smmu.spec.QueuePointer;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.TableFields;
import io.vsmmu.smmu.stimulus.Durability;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandErrorsTest extends LiveTest {

  private static final int SSEC = 1 << 10;
  private static final long MSI_GERROR_ABT_ERR = 1 << 7;
  private static final long OUTSIDE = 0x8000_0000L;

  /** What no vSMMU of stage 1 without ATS, PRI and stall takes. */
  private static final List<Integer> ILLEGAL_OPCODES =
      List.of(
          0x00, 0x07, 0x08, 0x18, 0x1A, 0x20, 0x21, 0x22, 0x23, 0x28, 0x2A, 0x40, 0x41, 0x44, 0x45,
          0x47, 0x50, 0x51, 0x52, 0x53, 0x58, 0x5A, 0x60, 0x70, 0x73, 0x80, 0xFF);

  private static final List<Integer> SECURE_CAPABLE = List.of(0x01, 0x02, 0x03, 0x04, 0x05, 0x06);

  private static List<CommandEntry> illegal() {
    List<CommandEntry> entries = new ArrayList<>();
    ILLEGAL_OPCODES.forEach(opcode -> entries.add(new CommandEntry(opcode, 0)));
    SECURE_CAPABLE.forEach(opcode -> entries.add(new CommandEntry(opcode | SSEC, 0)));
    entries.add(new CommandEntry(0x46 | 3 << 12, 0));
    return entries;
  }

  private static void assertError(long cons, QueuePointer at, CommandError error) {
    assertThat(TableFields.RD.get(cons)).isEqualTo(at.value());
    assertThat(TableFields.CMDQ_CONS_ERR.get(cons)).isEqualTo(error.code());
  }

  @Test
  void every_command_that_is_not_offered_stops_the_queue_there_until_it_is_acknowledged()
      throws Exception {
    try (LiveRig rig = LiveRig.of(service)) {
      ScriptedGuest guest = rig.booted();
      for (CommandEntry entry : illegal()) {
        QueuePointer bad = guest.commands().prod().advance(1);
        long gerror = guest.read(Register.GERROR);

        guest.command(ScriptedGuest.invalidate(1), entry, ScriptedGuest.invalidate(2));

        assertError(guest.awaitCommandError(), bad, CommandError.CERROR_ILL);
        assertThat(guest.read(Register.GERROR)).isEqualTo(gerror ^ 1);
        Await.until("MSI of GERROR", () -> guest.errorMessage() == 1);
        guest.clearMessages();
        guest.skipCommandError();
        guest.sync();
        assertThat(guest.commands().consumed()).isEqualTo(guest.commands().prod());
      }
      assertThat(rig.events(CommandQueueFailed.class)).hasSize(illegal().size());
    }
  }

  @Test
  void an_error_message_that_cannot_be_delivered_is_told_without_another_one() throws Exception {
    try (LiveRig rig = LiveRig.of(service)) {
      // given a GERROR MSI that goes where the VMM has nothing
      ScriptedGuest guest = rig.booted();
      guest.writeAndPoll(Register.IRQ_CTRL, 0, Register.IRQ_CTRLACK);
      guest.write(Register.GERROR_IRQ_CFG0, OUTSIDE);
      guest.writeAndPoll(Register.IRQ_CTRL, 1, Register.IRQ_CTRLACK);
      int before = guest.vmm().dmaRequests();

      // when an error activates
      guest.command(new CommandEntry(0, 0));

      // then the failed message is an error for which no interrupt is sent (IHI 0070, 7.5.1)
      Await.until(
          "MSI_GERROR_ABT_ERR", () -> guest.read(Register.GERROR) == MSI_GERROR_ABT_ERR + 1);
      guest.skipCommandError();
      guest.sync();
      assertThat(guest.vmm().dmaRequests() - before).isEqualTo(1);
    }
  }

  @Test
  void a_stopped_queue_takes_nothing_however_often_the_guest_rings() throws Exception {
    try (LiveRig rig = LiveRig.of(service)) {
      ScriptedGuest guest = rig.booted();
      QueuePointer bad = guest.commands().prod();
      guest.command(new CommandEntry(0, 0));
      guest.awaitCommandError();

      guest.command(ScriptedGuest.invalidate(1));
      guest.command(ScriptedGuest.invalidate(2));
      Await.until(
          "the doorbell in the log",
          () -> rig.fold().value(Register.CMDQ_PROD) == guest.commands().prod().value());

      assertThat(guest.commands().consumed()).isEqualTo(bad);
      guest.skipCommandError();
      guest.sync();
    }
  }

  @Test
  void acknowledging_without_repair_raises_the_error_again() throws Exception {
    try (LiveRig rig = LiveRig.of(service)) {
      ScriptedGuest guest = rig.booted();
      guest.command(new CommandEntry(0, 0));
      guest.awaitCommandError();
      long first = guest.read(Register.GERROR);

      guest.acknowledgeErrors();
      Await.until("GERROR toggles back", () -> guest.read(Register.GERROR) == (first ^ 1));

      guest.awaitCommandError();
      guest.skipCommandError();
      guest.sync();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"DESCRIPTOR", "FILE", "MESSAGES"})
  void a_queue_outside_ram_aborts_the_fetch_and_can_be_moved(MemoryManner manner) throws Exception {
    try (LiveRig rig = LiveRig.of(service)) {
      ScriptedGuest guest = rig.guest(manner);
      guest.prepare(GuestShape.LINUX.withCommandsAt(OUTSIDE));

      guest.command(ScriptedGuest.invalidate(1));

      assertError(guest.awaitCommandError(), QueuePointer.normalise(0, 8), CommandError.CERROR_ABT);
      guest.writeAndPoll(Register.CR0, 0, Register.CR0ACK);
      guest.acknowledgeErrors();
      guest.boot();
      guest.install(LiveRig.SID_A, ScriptedGuest.bypass());
      assertThat(rig.stream(LiveRig.SID_A).effective()).isEqualTo(StreamBehaviour.BYPASS);
    }
  }

  @Test
  void of_a_queue_partly_outside_ram_the_entries_within_are_consumed() throws Exception {
    try (LiveRig rig = LiveRig.of(service)) {
      ScriptedGuest guest = rig.guest(MemoryManner.DESCRIPTOR);
      // 2^9 entries take two pages; only the first is RAM.
      MemorySegment page = guest.vmm().mapMemfd(OUTSIDE, 0x1000);
      byte[] entry = ScriptedGuest.invalidate(1).toBytes();
      for (int i = 0; i < 256; i++) {
        MemorySegment.copy(entry, 0, page, ValueLayout.JAVA_BYTE, 16L * i, 16);
      }
      guest.prepare(GuestShape.LINUX.withCommandsAt(OUTSIDE).withLog2Commands(9));

      guest.write(Register.CMDQ_PROD, 300);

      assertError(
          guest.awaitCommandError(), QueuePointer.normalise(256, 9), CommandError.CERROR_ABT);
      assertThat(rig.state().commands().total()).isEqualTo(256);
    }
  }

  @Test
  void a_prod_more_than_a_queue_ahead_consumes_nothing_and_harms_nothing() throws Exception {
    try (LiveRig rig = LiveRig.of(service)) {
      ScriptedGuest guest = rig.booted();
      QueuePointer before = guest.commands().prod();
      long wrong = before.advance(before.size() + 7).value();

      guest.write(Register.CMDQ_PROD, wrong);
      Await.until("the doorbell in the log", () -> rig.fold().value(Register.CMDQ_PROD) == wrong);

      assertThat(guest.read(Register.CMDQ_PROD)).isEqualTo(wrong);
      assertThat(guest.commands().consumed()).isEqualTo(before);
      assertThat(rig.state().commandQueueStopped()).isFalse();
      guest.sync();
      assertThat(guest.commands().consumed()).isEqualTo(guest.commands().prod());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 5, 8, 11, 16, 19})
  void a_queue_of_every_size_wraps(int log2Size) throws Exception {
    try (LiveRig rig = LiveRig.of(service)) {
      ScriptedGuest guest = rig.guest(MemoryManner.DESCRIPTOR);
      guest.boot(GuestShape.LINUX.withLog2Commands(log2Size));
      int most = 1 << Math.min(log2Size, 8);
      for (int round = 0; round < 5; round++) {
        for (int i = 0; i < most; i++) {
          guest.commands().put(List.of(ScriptedGuest.invalidate(i)));
        }
        guest.sync();
      }
      int expected = 4 + 5 * (most + 1);

      assertThat(rig.state().commands().total()).isEqualTo(expected);
      assertThat(guest.commands().consumed()).isEqualTo(guest.commands().prod());
    }
  }

  @Test
  void a_size_beyond_what_idr1_offers_counts_as_the_largest() throws Exception {
    try (LiveRig rig = LiveRig.of(service)) {
      ScriptedGuest guest = rig.guest(MemoryManner.DESCRIPTOR);
      guest.prepare(GuestShape.LINUX.withLog2Commands(19));
      guest.writeAndPoll(Register.CR0, 0, Register.CR0ACK);
      guest.write(Register.CMDQ_BASE, GuestShape.LINUX.commands() | 31);
      guest.writeAndPoll(Register.CR0, 8, Register.CR0ACK);

      guest.command(ScriptedGuest.invalidate(1));
      guest.sync();

      assertThat(guest.commands().consumed().value()).isEqualTo(2);
      assertThat(rig.state().commandQueueLog2Size()).isEqualTo(19);
    }
  }

  @ParameterizedTest
  @CsvSource({"EIO, CERROR_ILL", "ETIMEDOUT, CERROR_ATC_INV_SYNC", "ENODEV, CERROR_ABT"})
  void an_invalidation_that_the_host_refuses_is_an_error_of_that_command(
      String errno, CommandError error) throws Exception {
    try (LiveRig rig = LiveRig.of(service)) {
      ScriptedGuest guest = rig.booted();
      guest.install(LiveRig.SID_A, ScriptedGuest.translate(0x4000_0000));
      QueuePointer first = guest.commands().prod();
      service.host.faults(FaultPlan.parse("entry:2:" + errno));

      guest.command(
          ScriptedGuest.invalidate(0),
          ScriptedGuest.invalidate(1),
          ScriptedGuest.invalidate(2),
          ScriptedGuest.invalidate(3));

      assertError(guest.awaitCommandError(), first.advance(2), error);
      guest.acknowledgeErrors();
      guest.sync();
      assertThat(guest.commands().consumed()).isEqualTo(guest.commands().prod());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void a_stream_that_the_host_does_not_configure_fails_closed(int call) throws Exception {
    try (LiveRig rig = LiveRig.of(service)) {
      ScriptedGuest guest = rig.booted();
      service.host.faults(FaultPlan.nthCall(call, Errno.ENOMEM));

      guest.install(LiveRig.SID_A, ScriptedGuest.translate(0x4000_0000));

      assertThat(rig.stream(LiveRig.SID_A).configuration()).isEqualTo(StreamBehaviour.TRANSLATE);
      assertThat(rig.stream(LiveRig.SID_A).effective()).isEqualTo(StreamBehaviour.ABORT);
      assertThat(service.host.attachment(LiveRig.A).orElseThrow().kind().name()).isEqualTo("ABORT");
      assertThat(rig.state().health()).isNotEqualTo(Health.OK);
      guest.install(LiveRig.SID_A, ScriptedGuest.translate(0x4000_0000));
      assertThat(rig.stream(LiveRig.SID_A).effective()).isEqualTo(StreamBehaviour.TRANSLATE);
    }
  }

  @Test
  void a_queue_error_raises_intx_when_there_is_no_msi() throws Exception {
    try (LiveRig rig = LiveRig.of(service, OnOffAuto.OFF, Durability.COMMITTED);
        EventFd line = EventFd.create()) {
      ScriptedGuest guest = rig.booted();
      guest.vmm().setIntx(line.fd());

      guest.command(new CommandEntry(0, 0));

      assertThat(line.read()).isEqualTo(1);
      assertThat(guest.read(Register.GERROR) & 1).isEqualTo(1);
      guest.skipCommandError();
      guest.sync();
    }
  }

  @Test
  void an_msi_of_gerror_outside_ram_is_written_by_the_vmm() throws Exception {
    try (LiveRig rig = LiveRig.of(service)) {
      ScriptedGuest guest = rig.guest(MemoryManner.DESCRIPTOR);
      // Known to the VMM and not mapped, as the doorbell of an interrupt controller is.
      MemorySegment doorbell = guest.vmm().mapWithoutDescriptor(0x809_0000L, 0x1000);
      guest.vmm().unmap(0x809_0000L, 0x1000);
      guest.boot(GuestShape.LINUX.withInterruptsAt(0x809_0040L));

      guest.command(new CommandEntry(0, 0));
      Await.until("DMA_WRITE", () -> guest.vmm().dmaRequests() == 1);

      Await.until("the MSI", () -> doorbell.get(ValueLayout.JAVA_INT, 64) == 1);
      guest.skipCommandError();
      guest.sync();
    }
  }

  @Test
  void an_msi_that_nobody_takes_is_a_global_error_of_its_own() throws Exception {
    try (LiveRig rig = LiveRig.of(service)) {
      ScriptedGuest guest = rig.guest(MemoryManner.DESCRIPTOR);
      guest.boot(GuestShape.LINUX.withInterruptsAt(0x809_0040L));

      guest.command(new CommandEntry(0, 0));

      Await.until("GERROR.MSI_GERROR_ABT_ERR", () -> (guest.read(Register.GERROR) & 0x80) != 0);
      guest.skipCommandError();
      guest.sync();
      assertThat(rig.events(CommandsConsumed.class)).isNotEmpty();
    }
  }
}
