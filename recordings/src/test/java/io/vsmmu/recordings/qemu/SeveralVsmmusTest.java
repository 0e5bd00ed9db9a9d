package io.vsmmu.recordings.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.stimulus.RecordedHostCall;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("slow")
class SeveralVsmmusTest {

  private static final String ONE = Collected.accel();
  private static final String OTHER = Interleaving.renamed(ONE);

  /** A running guest writes it as well as a starting one, so it cannot be attributed. */
  private static final int EVENTQ_CONS = Register.EVENTQ_CONS.offset();

  /** The guest's first write of CR0 that enables everything. */
  private static final String ENABLED = "smmuv3_write_mmio addr: 0x20 val:0xd size: 0x4(0)\n";

  /** The driver shuts the SMMU down with a write of 0, which is the same for every vSMMU. */
  private static final String SHUTDOWN = "smmuv3_write_mmio addr: 0x20 val:0x0 size: 0x4(0)\n";

  @Test
  void two_vsmmus_that_are_probed_one_after_the_other_are_told_apart_whole() {
    for (long seed = 0; seed < 20; seed++) {
      Collected found = new Collected();
      ImportReport report = found.read(oneAfterTheOther(seed));

      assertThat(report.vsmmus()).as("seed %d", seed).hasSize(2);
      assertThat(accessesKept(found)).as("seed %d", seed).isEmpty();
      assertThat(report.unattributed()).as("seed %d", seed).isLessThan(70);
      assertThat(accesses(found, 0)).isEqualTo(alone(running(ONE)));
      assertThat(accesses(found, 1)).isEqualTo(alone(running(OTHER)));
    }
  }

  @Test
  void host_calls_go_to_the_vsmmu_whose_viommu_they_name() {
    Collected found = new Collected();
    found.read(oneAfterTheOther(99));

    for (int vsmmu = 0; vsmmu < 2; vsmmu++) {
      String viommu = vsmmu == 0 ? " id=4 " : " id=1004 ";
      List<RecordedHostCall> invalidations =
          calls(found, vsmmu).stream().filter(c -> c.entries() == 1).toList();
      assertThat(invalidations).hasSize(312).allMatch(c -> c.arguments().contains(viommu));
    }
    assertThat(found.of(0, Stimulus.AttachDevice.class))
        .extracting(Stimulus.AttachDevice::streamId)
        .containsExactly(0x900);
    assertThat(found.of(1, Stimulus.AttachDevice.class))
        .extracting(Stimulus.AttachDevice::streamId)
        .containsExactly(0x900 + Interleaving.STREAM_SHIFT);
  }

  @Test
  void a_shutdown_that_could_be_of_either_is_not_attributed() {
    Collected found = new Collected();
    String read = "smmuv3_read_mmio addr: 0x24 val:0x0 size: 0x4(0)\n";
    ImportReport report = found.read(oneAfterTheOther(5) + SHUTDOWN + read + SHUTDOWN + read);

    assertThat(report.attributed() + report.unattributed() + report.kept())
        .isEqualTo(report.lines());
    assertThat(accessesKept(found))
        .containsExactly(SHUTDOWN.strip(), read.strip(), SHUTDOWN.strip(), read.strip());
  }

  @Test
  void a_machine_reset_resets_both() {
    Collected found = new Collected();
    found.read(oneAfterTheOther(6) + "smmu_reset_exit \nsmmu_reset_exit \n");

    assertThat(found.of(0, Stimulus.Reset.class)).hasSize(1);
    assertThat(found.of(1, Stimulus.Reset.class)).hasSize(1);
  }

  @Test
  void a_machine_reset_of_which_one_line_is_left_resets_all() {
    Collected found = new Collected();
    found.read(oneAfterTheOther(6) + "smmu_reset_exit \n");

    assertThat(found.of(0, Stimulus.Reset.class)).hasSize(1);
    assertThat(found.of(1, Stimulus.Reset.class)).hasSize(1);
  }

  @Test
  void chunks_that_cut_accesses_lose_lines_but_give_none_to_the_wrong_vsmmu() {
    for (long seed = 0; seed < 40; seed++) {
      neverWrong(
          Interleaving.chunks(
              Interleaving.lines(ONE), Interleaving.lines(OTHER), 1 + (int) (seed % 17), seed),
          "seed " + seed);
    }
  }

  @Test
  void line_by_line_loses_lines_but_gives_none_to_the_wrong_vsmmu() {
    neverWrong(
        Interleaving.lineByLine(Interleaving.lines(ONE), Interleaving.lines(OTHER)), "lockstep");
  }

  @Test
  void vsmmus_that_cannot_be_told_apart_show_up_as_unattributed_lines() {
    for (long seed = 0; seed < 10; seed++) {
      Collected found = new Collected();
      KnownRecording mixed =
          seed == 0
              ? Interleaving.lineByLine(Interleaving.lines(ONE), Interleaving.lines(ONE))
              : Interleaving.chunks(Interleaving.lines(ONE), Interleaving.lines(ONE), 30, seed);
      ImportReport report = found.read(mixed.text());

      assertThat(report.unattributed()).as("seed %d", seed).isPositive();
      assertThat(report.attributed() + report.unattributed() + report.kept())
          .isEqualTo(report.lines());
      assertThat(report.warnings())
          .anyMatch(w -> w.text().equals("which vSMMU a line belongs to is not known"));
    }
  }

  /** The second vSMMU's guest driver starts when the first has enabled its own. */
  private static String oneAfterTheOther(long seed) {
    int start = ONE.indexOf(ENABLED) + ENABLED.length();
    String before = ONE.substring(0, ONE.indexOf("smmuv3_read_mmio"));
    String probe = ONE.substring(ONE.indexOf("smmuv3_read_mmio"), start);
    String first = running(ONE).substring(start);
    String other = running(OTHER);
    int otherStart = other.indexOf("smmuv3_read_mmio");
    return before
        + other.substring(0, otherStart)
        + probe
        + Interleaving.accesses(
                Interleaving.lines(first), Interleaving.lines(other.substring(otherStart)), seed)
            .text();
  }

  private static String running(String recording) {
    return recording.substring(0, recording.lastIndexOf(SHUTDOWN));
  }

  /** Writes, commands and reads, without the host calls of the VM and kept text. */
  private static List<Object> accesses(Collected found, int vsmmu) {
    List<Object> accesses = new ArrayList<>();
    for (Stimulus stimulus : found.of(vsmmu)) {
      switch (stimulus) {
        case Stimulus.ObserveReads reads -> accesses.addAll(reads.reads());
        case Stimulus.ObserveHostCalls calls -> {}
        case Stimulus.KeepLines kept -> {}
        case Stimulus.WriteRegister write when write.offset() == EVENTQ_CONS -> {}
        default -> accesses.add(stimulus);
      }
    }
    return accesses;
  }

  /** Lines of register accesses and commands that were attributed to no vSMMU. */
  private static List<String> accessesKept(Collected found) {
    return found
        .of(0, Stimulus.KeepLines.class)
        .flatMap(k -> k.lines().stream())
        .filter(l -> l.contains("_mmio ") || l.startsWith("smmuv3_cmdq_"))
        .filter(l -> !l.contains("addr: 0xac "))
        .toList();
  }

  private static List<Object> alone(String recording) {
    Collected found = new Collected();
    found.read(recording);
    return accesses(found, 0);
  }

  private static List<RecordedHostCall> calls(Collected found, int vsmmu) {
    return found
        .of(vsmmu, Stimulus.ObserveHostCalls.class)
        .flatMap(c -> c.calls().stream())
        .toList();
  }

  private static void neverWrong(KnownRecording mixed, String description) {
    Collected found = new Collected();
    ImportReport report = found.read(mixed.text());

    assertThat(report.attributed() + report.unattributed() + report.kept())
        .as(description)
        .isEqualTo(report.lines());
    assertThat(mixed.contradictionsOfCommands(found)).as(description).isEmpty();
  }
}
