package io.vsmmu.recordings.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Recordings of machines of which is known whose each line is. */
class RecordedMachineTest {

  private static final int SEEDS = 4;

  @ParameterizedTest
  @CsvSource({"2,2", "3,3", "4,4", "2,1", "3,1", "4,2", "2,0", "3,0", "4,0"})
  void machines_of_several_vsmmus_with_resets_and_replugs_are_told_apart(
      int vsmmus, int accelerated) {
    for (long seed = 0; seed < SEEDS; seed++) {
      RecordedMachine machine = life(seed, vsmmus, accelerated);
      Collected found = new Collected();
      ImportReport report = found.read(machine.recording().text());
      String which = "seed %d, %d vSMMUs, %d accelerated".formatted(seed, vsmmus, accelerated);

      assertThat(machine.recording().contradictions(found)).as(which).isEmpty();
      assertThat(report.vsmmus()).as(which).hasSize(vsmmus);
      assertThat(report.unattributedCommands() + commands(report)).isEqualTo(machine.commands());
      if (vsmmus - accelerated <= 1) {
        // Nothing tells emulated ones apart while they do the same.
        assertThat(commands(report)).as(which).isGreaterThan(machine.commands() * 97 / 100);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "smmuv3_cmdq_consume ",
        "smmuv3_cmdq_consume_out",
        "smmuv3_cmdq_opcode",
        "smmuv3_cmdq",
        "iommufd_",
        "smmuv3_read_mmio",
        "smmuv3_write_mmio",
        "smmuv3_cmdq_cfgi",
        "smmuv3_range_inval",
        "smmuv3_find_ste"
      })
  void trace_events_that_were_not_switched_on_make_no_attribution_wrong(String event) {
    for (long seed = 0; seed < SEEDS; seed++) {
      for (int vsmmus = 2; vsmmus <= 3; vsmmus++) {
        int accelerated = (int) seed % (vsmmus + 1);
        Predicate<String> dropped = line -> line.startsWith(event);
        KnownRecording recording = life(seed, vsmmus, accelerated).recording().without(dropped);
        Collected found = new Collected();
        found.read(recording.text());

        assertThat(recording.contradictions(found))
            .as("seed %d, %d vSMMUs, %d accelerated", seed, vsmmus, accelerated)
            .isEmpty();
      }
    }
  }

  @Test
  void lines_that_a_journal_dropped_make_no_attribution_of_two_wrong() {
    int vsmmus = 2;
    for (long seed = 0; seed < 3 * SEEDS; seed++) {
      int accelerated = (int) seed % (vsmmus + 1);
      KnownRecording recording = life(seed, vsmmus, accelerated).recording().without(holes(seed));
      Collected found = new Collected();
      found.read(recording.text());

      assertThat(recording.contradictions(found))
          .as("seed %d, %d vSMMUs, %d accelerated", seed, vsmmus, accelerated)
          .isEmpty();
    }
  }

  private static Predicate<String> holes(long seed) {
    Random random = new Random(seed);
    int[] left = {1200};
    boolean[] hole = {false};
    return line -> {
      if (left[0]-- <= 0) {
        hole[0] = !hole[0];
        left[0] = random.nextInt(hole[0] ? 100 : 1200);
      }
      return hole[0];
    };
  }

  private static long commands(ImportReport report) {
    return report.vsmmus().stream().mapToLong(ImportReport.VsmmuSummary::commands).sum();
  }

  /** Two or three boots, the first perhaps cut short, with work and replugged devices between. */
  private static RecordedMachine life(long seed, int vsmmus, int accelerated) {
    Random random = new Random(seed);
    List<Boolean> kinds = new ArrayList<>();
    for (int i = 0; i < vsmmus; i++) {
      kinds.add(i < accelerated);
    }
    Collections.shuffle(kinds, random);
    RecordedMachine machine = new RecordedMachine(seed, kinds);
    if (seed % 3 == 1) {
      machine.bootCutShort();
    }
    machine.boot();
    machine.work(20);
    machine.replug(random.nextInt(vsmmus));
    machine.work(60);
    machine.reset();
    machine.boot();
    machine.work(100);
    machine.replug(random.nextInt(vsmmus));
    machine.replug(random.nextInt(vsmmus));
    machine.work(10);
    return machine;
  }
}
