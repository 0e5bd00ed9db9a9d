package io.vsmmu.control.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.scripted.guest.Await;
import io.vsmmu.scripted.guest.GuestShape;
import io.vsmmu.scripted.guest.MemoryManner;
import io.vsmmu.scripted.guest.ScriptedGuest;
import io.vsmmu.smmu.event.RegisterWritten;
import io.vsmmu.smmu.event.StreamBehaviour;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.SmmuCommand;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class RegisterRulesTest extends LiveTest {

  private static final long UPDATE = 0x8000_0000L;
  private static final long ABORT = 0x10_0000;
  private static final long ABOVE_OAS = 1L << 50;

  private static void awaitWrite(LiveRig rig, Register register, long value) {
    Await.until(
        "the write in the log",
        () ->
            rig.events(RegisterWritten.class).stream()
                .anyMatch(w -> w.offset() == register.offset() && w.value() == value));
  }

  @Test
  void cr0ack_echoes_the_implemented_bits_only() throws Exception {
    try (LiveRig rig = LiveRig.of(service)) {
      ScriptedGuest guest = rig.booted();

      guest.write(Register.CR0, 0xFFFF_FFFFL);
      awaitWrite(rig, Register.CR0, 0xFFFF_FFFFL);

      Await.until("CR0ACK", () -> guest.read(Register.CR0ACK) == ScriptedGuest.CR0_UP);
      assertThat(guest.read(Register.CR0)).isEqualTo(ScriptedGuest.CR0_UP);
    }
  }

  @Test
  void addresses_above_the_oas_are_truncated() throws Exception {
    try (LiveRig rig = LiveRig.of(service)) {
      // given
      ScriptedGuest guest = rig.booted();
      long base = guest.read(Register.CMDQ_BASE);

      // when the queue, and what a CMD_SYNC writes, lie above the output address size
      guest.writeAndPoll(Register.CR0, ScriptedGuest.CR0_UP & ~8, Register.CR0ACK);
      guest.write(Register.CMDQ_BASE, base | ABOVE_OAS);
      guest.writeAndPoll(Register.CR0, ScriptedGuest.CR0_UP, Register.CR0ACK);
      guest.command(
          new SmmuCommand.Sync(
                  SmmuCommand.Sync.CS_IRQ, 0, 0, 0x5a5a, GuestShape.PAGE_REQUESTS | ABOVE_OAS)
              .encode());

      // then both addresses are the ones without the bits above (IHI 0070, 3.4.3)
      Await.until("the message", () -> guest.ram().readInt(GuestShape.PAGE_REQUESTS) == 0x5a5a);
      assertThat(guest.read(Register.CMDQ_BASE)).isEqualTo(base);
    }
  }

  @Test
  void gbpa_without_update_is_ignored_and_with_update_takes_effect_at_once() throws Exception {
    try (LiveRig rig = LiveRig.of(service)) {
      ScriptedGuest guest = rig.guest(MemoryManner.DESCRIPTOR);
      guest.vmm().enable();
      guest.write(Register.GBPA, ABORT);
      awaitWrite(rig, Register.GBPA, ABORT);
      assertThat(guest.read(Register.GBPA) & ABORT).isZero();

      guest.write(Register.GBPA, UPDATE | ABORT);
      Await.until("GBPA.Update reads 0", () -> (guest.read(Register.GBPA) & UPDATE) == 0);

      assertThat(guest.read(Register.GBPA) & ABORT).isEqualTo(ABORT);
      assertThat(rig.stream(LiveRig.SID_A).effective()).isEqualTo(StreamBehaviour.ABORT);
      assertThat(service.host.attachment(LiveRig.A).orElseThrow().kind().name()).isEqualTo("ABORT");
    }
  }

  @Test
  void gbpa_of_an_enabled_smmu_is_future_policy() throws Exception {
    try (LiveRig rig = LiveRig.of(service)) {
      ScriptedGuest guest = rig.booted();
      guest.install(LiveRig.SID_A, ScriptedGuest.translate(0x4000_0000));

      guest.write(Register.GBPA, UPDATE | ABORT);
      Await.until("GBPA.Update reads 0", () -> (guest.read(Register.GBPA) & UPDATE) == 0);
      assertThat(rig.stream(LiveRig.SID_A).effective()).isEqualTo(StreamBehaviour.TRANSLATE);

      guest.writeAndPoll(Register.CR0, ScriptedGuest.CR0_UP & ~1, Register.CR0ACK);
      assertThat(rig.stream(LiveRig.SID_A).effective()).isEqualTo(StreamBehaviour.ABORT);
    }
  }

  @Test
  void smmuen_from_0_to_1_reads_the_stes_anew_and_from_1_to_0_follows_gbpa() throws Exception {
    try (LiveRig rig = LiveRig.of(service)) {
      ScriptedGuest guest = rig.booted();
      guest.install(LiveRig.SID_A, ScriptedGuest.translate(0x4000_0000));

      guest.writeAndPoll(Register.CR0, ScriptedGuest.CR0_UP & ~1, Register.CR0ACK);
      assertThat(rig.stream(LiveRig.SID_A).effective()).isEqualTo(StreamBehaviour.BYPASS);

      guest.streams().write(LiveRig.SID_A, ScriptedGuest.translate(0x5000_0000));
      guest.streams().write(LiveRig.SID_B, ScriptedGuest.bypass());
      guest.writeAndPoll(Register.CR0, ScriptedGuest.CR0_UP, Register.CR0ACK);
      assertThat(rig.stream(LiveRig.SID_A).effective()).isEqualTo(StreamBehaviour.TRANSLATE);
      assertThat(rig.stream(LiveRig.SID_A).ste()).isEqualTo(ScriptedGuest.translate(0x5000_0000));
      assertThat(rig.stream(LiveRig.SID_B).effective()).isEqualTo(StreamBehaviour.BYPASS);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Register.class,
      names = {
        "IDR0",
        "IIDR",
        "CR0ACK",
        "STATUSR",
        "GERROR",
        "CIDR0",
        "STRTAB_BASE",
        "STRTAB_BASE_CFG",
        "CR2",
        "CMDQ_BASE",
        "CMDQ_CONS",
        "EVENTQ_BASE",
        "EVENTQ_PROD",
        "GERROR_IRQ_CFG0",
        "EVENTQ_IRQ_CFG1",
        "AGBPA",
        "PRIQ_BASE"
      })
  void a_register_that_is_locked_read_only_or_missing_ignores_a_write_that_is_recorded(
      Register register) throws Exception {
    try (LiveRig rig = LiveRig.of(service)) {
      ScriptedGuest guest = rig.booted();
      long before = guest.read(register);

      guest.write(register, ~before & 0x0FFF_F000L);
      awaitWrite(rig, register, ~before & 0x0FFF_F000L);

      assertThat(guest.read(register)).isEqualTo(before);
      guest.sync();
    }
  }

  @ParameterizedTest
  @CsvSource({"0x20, 1", "0x20, 2", "0x20, 8", "0x21, 4", "0x84, 8", "0x30, 4", "0x1FFF8, 8"})
  void an_access_of_another_width_or_beside_a_register_is_zero_ignored_and_recorded(
      String at, int width) throws Exception {
    try (LiveRig rig = LiveRig.of(service)) {
      ScriptedGuest guest = rig.booted();
      int offset = Integer.decode(at);
      int writes = rig.events(RegisterWritten.class).size();

      assertThat(guest.vmm().write(0, offset, width, 0)).isZero();
      assertThat(guest.vmm().read(0, offset, width).body()).endsWith(new byte[width]);
      guest.sync();

      assertThat(rig.events(RegisterWritten.class).size()).isEqualTo(writes + 1);
      assertThat(guest.read(Register.CR0)).isEqualTo(ScriptedGuest.CR0_UP);
    }
  }

  @Test
  void both_halves_of_a_64_bit_register_are_reached_by_32_bit_writes() throws Exception {
    try (LiveRig rig = LiveRig.of(service)) {
      ScriptedGuest guest = rig.guest(MemoryManner.DESCRIPTOR);
      guest.vmm().enable();
      int offset = Register.STRTAB_BASE.offset();

      guest.vmm().post32(offset, GuestShape.STREAM_TABLE);
      guest.vmm().post32(offset + 4, 0x4000_0012L);

      assertThat(guest.read(Register.STRTAB_BASE))
          .isEqualTo(0x4000_0012_0000_0000L | GuestShape.STREAM_TABLE);
      assertThat(guest.vmm().read32(offset + 4)).isEqualTo(0x4000_0012L);
    }
  }

  @Test
  void interrupt_enables_are_acknowledged() throws Exception {
    try (LiveRig rig = LiveRig.of(service)) {
      ScriptedGuest guest = rig.guest(MemoryManner.DESCRIPTOR);
      guest.vmm().enable();

      guest.write(Register.IRQ_CTRL, 0xFF);

      Await.until("IRQ_CTRLACK", () -> guest.read(Register.IRQ_CTRLACK) == 5);
      assertThat(guest.read(Register.IRQ_CTRL)).isEqualTo(5);
    }
  }
}
