package io.vsmmu.recordings.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.smmu.stimulus.Stimulus;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The log of an incomplete recording says what it lacks. */
@Tag("slow")
class IncompleteRecordingTest {

  private static final List<String> TWO = TwoVsmmus.text().lines().toList();

  private final Collected found = new Collected();

  @Test
  void lines_of_known_events_that_cannot_be_read_are_counted() {
    ImportReport report = found.read(Collected.accel().replace("0x", "-0x"));

    assertThat(report.vsmmus()).hasSize(1);
    assertThat(reason(0)).matches("(?s).*\\d{4} lines of known trace events could not be read.*");
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 700, 2000})
  void a_log_that_starts_late_names_the_registers_that_are_not_told(int from) {
    List<String> lines = Collected.accel().lines().toList();
    int start = lines.indexOf("smmuv3_read_mmio addr: 0x24 val:0xd size: 0x4(0)") + from;
    found.read(String.join("\n", lines.subList(start, lines.size() - 3)) + "\n");

    assertThat(reason(0))
        .contains(
            "it starts late",
            "unknown: CR0, CR1, CR2, IRQ_CTRL,",
            "CMDQ_BASE",
            "identification registers");
  }

  @Test
  void a_log_from_the_drivers_probe_on_does_not_start_late() {
    String all = Collected.accel();
    found.read(all.substring(all.indexOf("smmuv3_read_mmio addr: 0x0 ")));

    assertThat(found.of(0).getLast()).isEqualTo(new Stimulus.FinishRecording(true, ""));
  }

  @ParameterizedTest
  @CsvSource({"180, 220", "7800, 7840", "7815, 7855", "7790, 7825", "7700, 7830", "7817, 7990"})
  void a_boot_whose_reset_a_hole_swallowed_is_a_boot(int from, int to) {
    List<String> lines = new ArrayList<>(TWO);
    lines.subList(from - 1, to).clear();
    ImportReport report = found.read(String.join("\n", lines) + "\n");

    assertThat(report.vsmmus())
        .extracting(ImportReport.VsmmuStatistics::resets)
        .containsExactly(1L, 1L);
    assertThat(reason(TwoVsmmus.A) + reason(TwoVsmmus.B)).contains("commands are missing");
  }

  /**
   * Each of the two vSMMUs has buses of its own: StreamIDs 0x1000 to 0x1fff, and 0x3000 to 0x3fff.
   */
  @ParameterizedTest
  @ValueSource(ints = {60, 185, 190, 300, 388, 5000, 7818, 7819, 7970, 7990, 8100})
  void a_translation_is_of_no_vsmmu_that_is_not_known_to_have_the_stream(int from) {
    found.read(String.join("\n", TWO.subList(from - 1, TWO.size())) + "\n");

    for (int vsmmu : found.items.stream().map(Collected.Item::vsmmu).distinct().toList()) {
      assertThat(
              found
                  .of(vsmmu, Stimulus.ObserveTranslation.class)
                  .map(observed -> observed.streamId() >>> 12)
                  .distinct())
          .hasSizeLessThanOrEqualTo(1);
    }
  }

  @Test
  void a_hole_in_the_queue_of_one_vsmmu_is_told() {
    List<String> lines = new ArrayList<>(Collected.emulated().lines().toList());
    int access = lines.indexOf("smmuv3_cmdq_cfgi_ste streamid= 0x8") - 2;
    assertThat(access).isPositive();
    int end = access;
    while (!lines.get(end).startsWith("smmuv3_write_mmio")) {
      end++;
    }
    lines.subList(access, end + 1).clear();
    found.read(String.join("\n", lines) + "\n");

    assertThat(reason(0)).contains("commands are missing at 1 place of its queue");
  }

  @ParameterizedTest
  @ValueSource(ints = {17917, 17930, 17960, 17980, 17981, 17984, 17986, 17989, 17991, 17992})
  void a_recording_that_ends_within_something_says_so(int lines) {
    found.read(String.join("\n", TWO.subList(0, lines)) + "\n");

    assertThat(reason(TwoVsmmus.B)).contains("the recording ends w");
  }

  @Test
  void runs_of_qemu_that_were_appended_are_machines_of_their_own() {
    String one = Collected.emulated();
    String two = TwoVsmmus.text();
    ImportReport report = found.read(one + two + two + one);

    assertThat(report.vsmmus())
        .extracting(ImportReport.VsmmuStatistics::commands)
        .containsExactly(40L, 44L, 3867L, 44L, 3867L, 40L);
    assertThat(report.unattributed()).isZero();
    for (int vsmmu = 0; vsmmu < 6; vsmmu++) {
      assertThat(found.of(vsmmu).getLast()).isEqualTo(new Stimulus.FinishRecording(true, ""));
    }
    assertThat(report.warnings())
        .anyMatch(w -> w.text().startsWith("a further run of QEMU begins") && w.count() == 3);
  }

  private String reason(int vsmmu) {
    Stimulus.FinishRecording end = (Stimulus.FinishRecording) found.of(vsmmu).getLast();
    assertThat(end.complete()).isFalse();
    return end.reason();
  }
}
