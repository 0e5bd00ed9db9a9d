package io.vsmmu.control.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.scripted.guest.GuestShape;
import io.vsmmu.scripted.guest.MemoryManner;
import io.vsmmu.scripted.guest.ScriptedGuest;
import io.vsmmu.scripted.guest.StreamTables;
import io.vsmmu.smmu.event.CommandsConsumed;
import io.vsmmu.smmu.event.StreamBehaviour;
import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.ConfigInvalidation;
import io.vsmmu.smmu.spec.EventType;
import io.vsmmu.smmu.spec.OnOffAuto;
import io.vsmmu.smmu.spec.StreamTableEntry;
import io.vsmmu.smmu.stimulus.SteFetch;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StreamTablesTest extends LiveTest {

  private static final CommandEntry CFGI_ALL =
      new ConfigInvalidation.SteRange(0, false, ConfigInvalidation.RANGE_ALL).encode();

  private static CommandEntry cfgi(int streamId) {
    return new ConfigInvalidation.Ste(streamId, false, true).encode();
  }

  private static void assertAborts(LiveRig rig, int streamId, EventType fault) {
    assertThat(rig.stream(streamId).effective()).isEqualTo(StreamBehaviour.ABORT);
    assertThat(rig.stream(streamId).fault()).isEqualTo(fault.code());
    assertThat(service.host.attachment(LiveRig.A).orElseThrow().kind().name()).isEqualTo("ABORT");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void the_words_of_an_ste_in_guest_memory_are_those_of_the_log(boolean twoLevel) throws Exception {
    try (LiveRig rig = LiveRig.of(service)) {
      ScriptedGuest guest = rig.guest(MemoryManner.DESCRIPTOR);
      guest.boot(twoLevel ? GuestShape.LINUX : GuestShape.LINUX.linear());
      StreamTableEntry ste = StreamTableEntry.of(0x4000_000BL, 0x2, 3, 4, 5, 6, 7, 8);

      guest.install(LiveRig.SID_B, ste);

      assertThat(rig.stream(LiveRig.SID_B).ste()).isEqualTo(ste);
      assertThat(rig.stream(LiveRig.SID_B).effective()).isEqualTo(StreamBehaviour.TRANSLATE);
      List<CommandsConsumed> consumed = rig.events(CommandsConsumed.class);
      assertThat(consumed).anyMatch(c -> c.fetches().contains(SteFetch.read(LiveRig.SID_B, ste)));
    }
  }

  @ParameterizedTest
  @CsvSource({"0x0, C_BAD_STE", "0xC, C_BAD_STE", "0xD, C_BAD_STE", "0xF, C_BAD_STE"})
  void an_ste_that_is_invalid_or_asks_for_stage_2_aborts(String word, EventType fault)
      throws Exception {
    try (LiveRig rig = LiveRig.of(service)) {
      ScriptedGuest guest = rig.booted();
      guest.install(LiveRig.SID_A, ScriptedGuest.translate(0x4000_0000));

      guest.install(LiveRig.SID_A, StreamTableEntry.ofTwoWords(Long.decode(word), 0));

      assertAborts(rig, LiveRig.SID_A, fault);
    }
  }

  @Test
  void a_stream_without_a_second_level_table_is_a_bad_stream_id() throws Exception {
    try (LiveRig rig = LiveRig.of(service)) {
      ScriptedGuest guest = rig.booted();
      guest.install(LiveRig.SID_A, ScriptedGuest.translate(0x4000_0000));
      guest.streams().descriptor(LiveRig.SID_A, 0);

      guest.command(cfgi(LiveRig.SID_A));
      guest.sync();

      assertAborts(rig, LiveRig.SID_A, EventType.C_BAD_STREAMID);
    }
  }

  @Test
  void a_second_level_table_outside_ram_is_a_fetch_fault() throws Exception {
    try (LiveRig rig = LiveRig.of(service)) {
      ScriptedGuest guest = rig.booted();
      guest.install(LiveRig.SID_A, ScriptedGuest.translate(0x4000_0000));
      guest.streams().descriptor(LiveRig.SID_A, 0x8000_0000L | 9);

      guest.command(cfgi(LiveRig.SID_A));
      guest.sync();

      assertAborts(rig, LiveRig.SID_A, EventType.F_STE_FETCH);
    }
  }

  @Test
  void a_stream_id_beyond_a_linear_table_is_a_bad_stream_id() throws Exception {
    try (LiveRig rig = LiveRig.of(service)) {
      ScriptedGuest guest = rig.guest(MemoryManner.DESCRIPTOR);
      guest.boot(GuestShape.LINUX.linear());
      int beyond = 1 << StreamTables.LINEAR_LOG2;

      guest.command(cfgi(beyond));
      guest.sync();

      assertThat(rig.stream(beyond).effective()).isEqualTo(StreamBehaviour.ABORT);
      assertThat(rig.stream(beyond).fault()).isEqualTo(EventType.C_BAD_STREAMID.code());
    }
  }

  @Test
  void cfgi_all_reads_the_stes_of_all_streams_that_are_known() throws Exception {
    try (LiveRig rig = LiveRig.of(service)) {
      ScriptedGuest guest = rig.booted();
      guest.install(LiveRig.SID_A, ScriptedGuest.translate(0x4000_0000));
      guest.install(LiveRig.SID_B, ScriptedGuest.bypass());
      guest.streams().write(LiveRig.SID_A, ScriptedGuest.bypass());
      guest.streams().write(LiveRig.SID_B, ScriptedGuest.translate(0x5000_0000));

      guest.command(CFGI_ALL);
      guest.sync();

      assertThat(rig.stream(LiveRig.SID_A).effective()).isEqualTo(StreamBehaviour.BYPASS);
      assertThat(rig.stream(LiveRig.SID_B).effective()).isEqualTo(StreamBehaviour.TRANSLATE);
    }
  }

  @Test
  void a_device_that_comes_to_a_running_guest_gets_the_ste_that_is_in_its_memory()
      throws Exception {
    try (LiveRig rig = LiveRig.of(service)) {
      ScriptedGuest guest = rig.booted();
      service.administration.detach(rig.name(), LiveRig.SID_B, "operator");
      guest.streams().write(LiveRig.SID_B, ScriptedGuest.translate(0x5000_0000));

      service.administration.attach(
          rig.name(), LiveRig.B, LiveRig.SID_B, OnOffAuto.OFF, "operator");

      assertThat(rig.stream(LiveRig.SID_B).effective()).isEqualTo(StreamBehaviour.TRANSLATE);
    }
  }
}
