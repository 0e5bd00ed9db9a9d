package io.vsmmu.recordings.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.Predicate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

/** Recordings of generated machines, which know the vSMMU of each line. */
@Tag("slow")
class RecordedMachineTest {

  private static final int SEEDS = 4;

  @ParameterizedTest
  @CsvSource({"2,2", "3,3", "4,4", "2,1", "3,1", "4,2", "2,0", "3,0", "4,0"})
  void machines_of_several_vsmmus_with_resets_and_replugs_are_told_apart(
      int vsmmus, int accelerated) {
    for (long seed = 0; seed < SEEDS; seed++) {
      RecordedMachine machine = AttributionSweep.life(seed, vsmmus, accelerated);
      Collected found = new Collected();
      ImportReport report = found.read(machine.recording().text());
      String which = "seed %d, %d vSMMUs, %d accelerated".formatted(seed, vsmmus, accelerated);

      assertThat(machine.recording().contradictions(found)).as(which).isEmpty();
      assertThat(
              LineOwners.of(machine.recording().lines())
                  .against(machine.recording().owners())
                  .right())
          .as(which)
          .isTrue();
      assertThat(report.vsmmus()).as(which).hasSize(vsmmus);
      assertThat(report.unattributedCommands() + commands(report)).isEqualTo(machine.commands());
      assertThat(commands(report)).as(which).isGreaterThan(machine.commands() * 97 / 100);
    }
  }

  @ParameterizedTest
  @FieldSource("io.vsmmu.recordings.qemu.AttributionSweep#EVENTS")
  void trace_events_that_were_not_switched_on_make_no_attribution_wrong(String event) {
    for (long seed = 0; seed < SEEDS; seed++) {
      for (int vsmmus = 2; vsmmus <= 3; vsmmus++) {
        int accelerated = (int) seed % (vsmmus + 1);
        Predicate<String> dropped = line -> line.startsWith(event);
        KnownRecording recording =
            AttributionSweep.life(seed, vsmmus, accelerated).recording().without(dropped);

        assertThat(LineOwners.of(recording.lines()).against(recording.owners()).right())
            .as("seed %d, %d vSMMUs, %d accelerated", seed, vsmmus, accelerated)
            .isTrue();
      }
    }
  }

  private static long commands(ImportReport report) {
    return report.vsmmus().stream().mapToLong(ImportReport.VsmmuStatistics::commands).sum();
  }
}
