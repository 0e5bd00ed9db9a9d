package io.vsmmu.recordings.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vsmmu.smmu.model.Limits;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("slow")
class TraceDamageTest {

  private static final byte[] ACCEL = Collected.accel().getBytes(StandardCharsets.ISO_8859_1);

  private final Collected found = new Collected();

  @Test
  void an_input_without_a_line_of_an_smmu_is_refused_and_told_what_was_expected() {
    for (String input : List.of("", "\n\n", "Linux version 7.3\nbooting\n", "smmu_reset_exit \n")) {
      ImportResult result = found.result(input.getBytes(StandardCharsets.UTF_8));

      assertThat(result).isInstanceOf(ImportResult.Refused.class);
      assertThat(((ImportResult.Refused) result).expected()).contains("smmuv3_read_mmio");
    }
    assertThat(found.items).isEmpty();
  }

  @Test
  void a_recording_cut_anywhere_imports_and_its_lines_add_up() {
    for (int i = 0; i < 200; i++) {
      int length = 1700 + (int) ((long) i * (ACCEL.length - 1700) / 200) + i % 7;
      Collected cut = new Collected();
      ImportReport report = cut.read(Arrays.copyOf(ACCEL, length));

      addsUp(report, "cut at " + length);
      assertThat(report.unattributed()).as("cut at %d", length).isZero();
      assertThat(report.lastLineCut()).isEqualTo(ACCEL[length - 1] != '\n');
      Stimulus.FinishRecording end = (Stimulus.FinishRecording) cut.of(0).getLast();
      assertThat(end.complete() && report.lastLineCut()).isFalse();
      assertThat(end.complete()).isEqualTo(end.reason().isEmpty());
    }
  }

  @Test
  void damaged_bytes_anywhere_never_fail_an_import_and_most_commands_survive() {
    Random random = new Random(11);
    for (int i = 0; i < 100; i++) {
      byte[] damaged = ACCEL.clone();
      for (int hits = 0; hits < 20; hits++) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
      }
      Collected some = new Collected();
      ImportReport report = some.read(damaged);

      addsUp(report, "round " + i);
      assertThat(report.vsmmus().getFirst().commands()).as("round %d", i).isGreaterThan(400);
    }
  }

  @Test
  void lines_that_are_missing_are_made_up_for_by_a_new_start_of_knowledge() {
    Random random = new Random(5);
    for (int i = 0; i < 30; i++) {
      int from = 10_000 + random.nextInt(100_000);
      String text = Collected.accel();
      int to = from + 500 + random.nextInt(20_000);
      Collected some = new Collected();
      ImportReport report = some.read(text.substring(0, from) + "\n" + text.substring(to));

      addsUp(report, "gap " + i);
      assertThat(report.vsmmus()).hasSize(1);
      // Reads and accesses without identifiers around the gap stay unattributed.
      assertThat(report.unattributed()).isLessThan(100);
    }
  }

  @Test
  void other_text_between_is_kept_and_changes_nothing_else() {
    StringBuilder mixed = new StringBuilder();
    List<String> lines = Interleaving.lines(Collected.accel());
    for (int i = 0; i < lines.size(); i++) {
      mixed.append(lines.get(i)).append('\n');
      if (i % 10 == 5) {
        mixed.append("[    1.234567] e1000e 0000:09:00.0 eth0: NIC Link is Up\u0000\u00ff\n");
      }
      if (i % 100 == 7) {
        mixed.append("vfio_region_write  (0000:00:03.0:region0+0x18, 0x0, 4)\n");
        mixed.append("qemu-system-aarch64: warning: something\n");
      }
    }
    ImportReport report = found.read(mixed.toString());
    Collected clean = new Collected();
    clean.read(ACCEL);

    addsUp(report, "mixed");
    assertThat(report.linesByKind())
        .containsEntry("(other text)", 296L + 30)
        .containsEntry("vfio_region_write", 30L);
    assertThat(report.kept()).isEqualTo(1 + 296 + 60);
    assertThat(consumed(found)).isEqualTo(consumed(clean));
    long keptLines = found.of(0, Stimulus.KeepLines.class).mapToLong(k -> k.lines().size()).sum();
    assertThat(keptLines).isEqualTo(report.kept());
  }

  @Test
  void kept_lines_have_their_line_numbers() {
    found.read("first\nsecond\n" + Collected.emulated() + "last\n");

    List<Stimulus.KeepLines> kept = found.of(0, Stimulus.KeepLines.class).toList();
    assertThat(kept.getFirst().firstLine()).isEqualTo(1);
    assertThat(kept.getFirst().lines()).startsWith("first", "second");
    assertThat(kept.getLast()).isEqualTo(new Stimulus.KeepLines(221, List.of("last")));
  }

  @Test
  void an_overlong_line_is_kept_as_far_as_the_limit_goes() {
    String garbage = "x".repeat(1_000_000);
    ImportReport report = found.read(Collected.emulated() + garbage + "\n" + garbage);

    assertThat(report.overlong()).isEqualTo(2);
    assertThat(report.lines()).isEqualTo(220);
    assertThat(found.of(0, Stimulus.KeepLines.class).toList().getLast().lines())
        .allMatch(l -> l.length() == TraceLimits.LINE_BYTES);
    addsUp(report, "overlong");
  }

  @Test
  void a_failing_stream_finishes_what_was_read_as_incomplete() {
    InputStream broken =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("disk gone");
          }
        };
    InputStream in =
        new SequenceInputStream(new ByteArrayInputStream(Arrays.copyOf(ACCEL, 50_000)), broken);

    assertThatThrownBy(() -> QemuTraceImporter.read(in, found)).hasMessage("disk gone");
    Stimulus.FinishRecording end = (Stimulus.FinishRecording) found.of(0).getLast();
    assertThat(end.complete()).isFalse();
    assertThat(end.reason()).contains("disk gone");
  }

  @Test
  void a_sink_may_stop_the_import() {
    assertThatThrownBy(
            () ->
                QemuTraceImporter.read(
                    new ByteArrayInputStream(ACCEL),
                    (vsmmu, stimulus, line, time) -> {
                      throw new IllegalStateException("enough");
                    }))
        .hasMessage("enough");
  }

  /** 200 MB that are never in memory: a booted guest that repeats the same accesses. */
  @Test
  void a_recording_of_any_length_is_read_in_bounded_pieces() throws IOException {
    long bytes = 200L << 20;
    long[] largest = new long[1];
    ImportResult result =
        QemuTraceImporter.read(
            new EndlessTrace(bytes),
            (vsmmu, stimulus, line, time) -> largest[0] = Math.max(largest[0], size(stimulus)));

    ImportReport report = ((ImportResult.Imported) result).report();
    assertThat(report.bytes()).isGreaterThanOrEqualTo(bytes);
    assertThat(report.unattributed()).isZero();
    assertThat(largest[0]).isLessThanOrEqualTo(Limits.OBSERVATIONS);
    addsUp(report, "long");
  }

  private static long size(Stimulus stimulus) {
    return switch (stimulus) {
      case Stimulus.ConsumeCommands c -> c.entries().size();
      case Stimulus.ObserveReads r -> r.reads().size();
      case Stimulus.ObserveHostCalls h -> h.calls().size();
      case Stimulus.KeepLines k -> k.lines().size();
      default -> 1;
    };
  }

  private static List<Stimulus> consumed(Collected collected) {
    return collected.of(0).stream()
        .filter(s -> s instanceof Stimulus.ConsumeCommands || s instanceof Stimulus.WriteRegister)
        .toList();
  }

  private static void addsUp(ImportReport report, String description) {
    assertThat(report.attributed() + report.unattributed() + report.kept())
        .as(description)
        .isEqualTo(report.lines());
    assertThat(report.linesByKind().values().stream().mapToLong(n -> n).sum())
        .as(description)
        .isEqualTo(report.lines());
  }
}
