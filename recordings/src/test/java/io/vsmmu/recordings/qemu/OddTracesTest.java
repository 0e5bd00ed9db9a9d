package io.vsmmu.recordings.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.CommandError;
import io.vsmmu.smmu.spec.CommandFields;
import io.vsmmu.smmu.stimulus.SteFetch;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Recordings that other guests, builds and versions of QEMU give. */
class OddTracesTest {

  private final Collected found = new Collected();

  @ParameterizedTest
  @CsvSource({
    "unknown-stream-id, 2",
    "qemu-5.1-stream-id, 2",
    "range-of-2pow32-pages, 3",
    "range-of-2pow31-pages, 3",
    "tlbi-el2-consumed, 6",
    "second-probe-after-partial-set-up, 5"
  })
  void each_is_of_one_vsmmu_whose_commands_are_all_consumed(String name, long commands) {
    ImportReport report = found.read(Collected.recording(name + ".trace.log"));

    assertThat(report.vsmmus()).hasSize(1);
    assertThat(report.vsmmus().getFirst().commands()).isEqualTo(commands);
    assertThat(report.unattributed()).isZero();
    assertThat(found.of(0, Stimulus.ConsumeCommands.class))
        .allSatisfy(
            c ->
                assertThat(c.recorded().orElseThrow().error()).isEqualTo(CommandError.CERROR_NONE));
  }

  @Test
  void lines_of_the_secure_interface_are_kept_apart() {
    ImportReport report = found.read(Collected.recording("secure-interface.trace.log"));

    assertThat(report.vsmmus()).hasSize(1);
    assertThat(report.vsmmus().getFirst().commands()).isZero();
    assertThat(found.of(0, Stimulus.WriteRegister.class)).isEmpty();
    assertThat(found.of(0, Stimulus.ConsumeCommands.class)).isEmpty();
    assertThat(report.warnings())
        .extracting(ImportReport.Warning::text)
        .contains("kept apart: lines of the Secure programming interface");
  }

  @Test
  void a_command_whose_stream_id_is_not_told_reads_no_ste_and_says_so() {
    ImportReport report = found.read(Collected.recording("unknown-stream-id.trace.log"));

    Stimulus.ConsumeCommands last = found.of(0, Stimulus.ConsumeCommands.class).toList().getLast();
    assertThat(last.fetches()).isEmpty();
    assertThat(CommandFields.STREAM_ID.get(last.known().getFirst().word0())).isZero();
    assertThat(report.warnings())
        .anyMatch(w -> w.text().contains("StreamID the trace does not tell") && w.count() == 1);
  }

  @Test
  void qemu_5_1_prints_stream_ids_in_decimal() {
    found.read(Collected.recording("qemu-5.1-stream-id.trace.log"));

    List<CommandEntry> all =
        found.of(0, Stimulus.ConsumeCommands.class).flatMap(c -> c.entries().stream()).toList();
    assertThat(all)
        .extracting(e -> CommandFields.STREAM_ID.get(e.word0()))
        .containsExactly(0L, 16L);
    assertThat(found.of(0, Stimulus.ConsumeCommands.class).flatMap(c -> c.fetches().stream()))
        .extracting(SteFetch::streamId)
        .containsExactly(0, 16);
  }
}
