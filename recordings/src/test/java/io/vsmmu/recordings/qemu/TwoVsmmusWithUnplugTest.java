package io.vsmmu.recordings.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.smmu.stimulus.RecordedHostCall;
import io.vsmmu.smmu.stimulus.SteFetch;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A recording of stock QEMU 11.1.3: two accelerated vSMMUs, a machine reset, a second boot, and the
 * unplug of a device. The correct attribution was found by vIOMMU id, StreamID and queue index.
 */
@Tag("slow")
class TwoVsmmusWithUnplugTest {

  private static final String TEXT = TwoVsmmus.text();
  private static final List<String> LINES = TEXT.lines().toList();

  /** The vSMMU whose guest boots first has 0000:00:03.0 and vIOMMU 4, the other 04.0 and 8. */
  private static final int A = TwoVsmmus.A;

  private static final int B = TwoVsmmus.B;

  private final Collected found = new Collected();

  @Test
  void all_3911_commands_are_attributed_to_two_vsmmus() {
    ImportReport report = found.read(TEXT);

    assertThat(report.vsmmus()).hasSize(2);
    assertThat(report.vsmmus().get(A).commands()).isEqualTo(44);
    assertThat(report.vsmmus().get(B).commands()).isEqualTo(3867);
    assertThat(report.vsmmus().get(B).commandsByName())
        .isEqualTo(
            Map.of(
                "CMD_SYNC", 1931L,
                "TLBI_NH_VA", 1906L,
                "TLBI_NH_ASID", 1L,
                "CFGI_STE", 10L,
                "CFGI_CD", 10L,
                "PREFETCH_CONFIG", 5L,
                "CFGI_ALL", 2L,
                "TLBI_NSNH_ALL", 2L));
    assertThat(report.unattributed()).isZero();
    assertThat(report.attributed() + report.kept()).isEqualTo(report.lines());
    assertThat(found.of(A).getLast()).isEqualTo(new Stimulus.FinishRecording(true, ""));
    assertThat(found.of(B).getLast()).isEqualTo(new Stimulus.FinishRecording(true, ""));
  }

  @Test
  void all_1921_invalidations_are_attributed_by_the_viommu_they_name() {
    found.read(TEXT);

    List<RecordedHostCall> ofA = invalidations(A);
    List<RecordedHostCall> ofB = invalidations(B);
    assertThat(ofA.size() + ofB.size()).isEqualTo(1921);
    assertThat(ofA).allMatch(c -> c.arguments().contains(" id=4 "));
    assertThat(ofB).allMatch(c -> c.arguments().contains(" id=8 "));
  }

  private List<RecordedHostCall> invalidations(int vsmmu) {
    return found
        .of(vsmmu, Stimulus.ObserveHostCalls.class)
        .flatMap(c -> c.calls().stream())
        .filter(c -> c.name().equals("iommufd_backend_invalidate_cache"))
        .toList();
  }

  @Test
  void each_vsmmu_has_one_reset_between_its_boots_although_attaches_stand_between_the_lines() {
    ImportReport report = found.read(TEXT);

    for (int vsmmu : List.of(A, B)) {
      assertThat(report.vsmmus().get(vsmmu).resets()).isEqualTo(1);
      List<Collected.Item> resets =
          found.items.stream()
              .filter(i -> i.vsmmu() == vsmmu && i.stimulus() instanceof Stimulus.Reset)
              .toList();
      assertThat(resets).hasSize(1);
      assertThat(resets.getFirst().line()).isBetween(7817L, 7819L);
    }
    assertThat(commandsBefore(7817, A)).isEqualTo(22);
    assertThat(commandsBefore(7817, B)).isEqualTo(1672);
  }

  private long commandsBefore(long line, int vsmmu) {
    return found.items.stream()
        .filter(i -> i.vsmmu() == vsmmu && i.line() < line)
        .map(Collected.Item::stimulus)
        .filter(Stimulus.ConsumeCommands.class::isInstance)
        .mapToLong(s -> ((Stimulus.ConsumeCommands) s).entries().size())
        .sum();
  }

  @Test
  void streams_end_as_the_recording_does() {
    found.read(TEXT);

    assertThat(lastReading(A, 0x1100).ste().word0()).isEqualTo(0x4079c00bL);
    assertThat(lastReading(A, 0x1100).ste().word1()).isEqualTo(0xd6);
    assertThat(lastReading(B, 0x3100).ste().word0()).isEqualTo(0x9);
    assertThat(found.of(A, Stimulus.DetachDevice.class)).isEmpty();
    assertThat(found.of(B, Stimulus.DetachDevice.class))
        .containsExactly(new Stimulus.DetachDevice(0x3100));
    assertThat(found.of(A, Stimulus.AttachDevice.class))
        .extracting(a -> a.device().address())
        .containsExactly("0000:00:03.0");
    assertThat(found.of(B, Stimulus.AttachDevice.class))
        .extracting(a -> a.device().address())
        .containsExactly("0000:00:04.0");
  }

  private SteFetch lastReading(int vsmmu, int streamId) {
    return found
        .of(vsmmu, Stimulus.ConsumeCommands.class)
        .flatMap(c -> c.fetches().stream())
        .filter(r -> r.streamId() == streamId)
        .reduce((a, b) -> b)
        .orElseThrow();
  }

  @Test
  void the_hosts_set_up_stands_at_its_own_time() {
    found.read(TEXT);

    Instant boot = Instant.EPOCH.plus(Duration.ofSeconds(42));
    for (int vsmmu : List.of(A, B)) {
      List<Instant> times =
          found.items.stream()
              .filter(
                  i ->
                      i.vsmmu() == vsmmu
                          && i.stimulus() instanceof Stimulus.ObserveHostCalls calls
                          && calls.calls().stream()
                              .anyMatch(c -> c.name().equals("iommufd_backend_alloc_viommu")))
              .map(Collected.Item::time)
              .toList();
      assertThat(times).hasSize(1);
      assertThat(times.getFirst())
          .isBetween(
              Instant.EPOCH.plus(Duration.ofMillis(11_900)),
              Instant.EPOCH.plus(Duration.ofMillis(12_120)))
          .isBefore(boot);
    }
  }

  @Test
  void a_lines_own_time_is_the_time_of_what_it_gives_and_no_log_goes_back() {
    found.read(TEXT);

    for (int vsmmu : List.of(A, B)) {
      Instant latest = Instant.EPOCH;
      for (Collected.Item item : found.items) {
        if (item.vsmmu() != vsmmu) {
          continue;
        }
        if (item.time().isAfter(latest)) {
          latest = item.time();
        }
        long first =
            switch (item.stimulus()) {
              case Stimulus.KeepLines lines -> lines.firstLine();
              case Stimulus.ObserveHostCalls calls -> calls.calls().getFirst().line();
              case Stimulus.Reset _ -> vsmmu == A ? 7819 : 7817;
              default -> item.line();
            };
        assertThat(Duration.between(timeOf(first), latest))
            .as("%s of line %d", item.stimulus(), first)
            .isBetween(Duration.ZERO, Duration.ofMillis(50));
      }
    }
  }

  private static Instant timeOf(long line) {
    return Instant.parse(LINES.get((int) line - 1).split(" ")[0]);
  }

  @Test
  void commands_of_an_access_that_lacks_a_line_count_as_unattributed() {
    List<String> lines = new ArrayList<>(LINES);
    lines.remove(7861);

    ImportReport report = found.read(String.join("\n", lines) + "\n");

    long commands = report.vsmmus().get(A).commands();
    assertThat(commands).isBetween(40L, 43L);
    assertThat(commands + report.unattributedCommands()).isEqualTo(44);
  }

  @Test
  void a_recording_cut_anywhere_never_attributes_a_command_wrongly() {
    Attribution truth = part(0, LINES.size(), 0, 0);
    Random random = new Random(41);
    long attributed = 0;
    long all = 0;
    for (int i = 0; i < 60; i++) {
      int from = i % 3 == 0 ? 0 : random.nextInt(i % 2 == 0 ? 1500 : LINES.size());
      int to = i % 3 == 1 ? LINES.size() : from + random.nextInt(LINES.size() - from + 1);
      int hole = from + random.nextInt(Math.max(1, Math.min(to - from, i % 4 == 0 ? 9000 : 800)));
      int holeEnd = i % 2 == 0 ? hole : Math.min(to, hole + 1 + random.nextInt(2000));
      String cut = "lines %d to %d without %d to %d".formatted(from, to, hole, holeEnd);
      if (LINES.subList(from, to).stream().noneMatch(l -> l.contains("smmuv3_"))
          || to - from < 50) {
        continue;
      }
      Attribution some = part(from, to, hole, holeEnd);
      assertThat(some.ofCommands(LINES).contradictions(truth)).as("%s (i = %d)", cut, i).isEmpty();
      attributed += some.count();
      all += told(truth, from, to, hole, holeEnd);
    }
    assertThat(attributed).isGreaterThan(all * 95 / 100);
  }

  private static long told(Attribution truth, int from, int to, int hole, int holeEnd) {
    return truth.commands().entrySet().stream()
        .filter(e -> e.getKey() > from && e.getKey() <= to)
        .filter(e -> e.getKey() <= hole || e.getKey() > holeEnd)
        .mapToLong(e -> e.getValue().size())
        .sum();
  }

  private static Attribution part(int from, int to, int hole, int holeEnd) {
    List<String> lines = new ArrayList<>(LINES.subList(from, to));
    List<Long> numbers = new ArrayList<>(LongStream.rangeClosed(from + 1L, to).boxed().toList());
    if (hole < holeEnd) {
      lines.subList(hole - from, holeEnd - from).clear();
      numbers.subList(hole - from, holeEnd - from).clear();
    }
    return Attribution.of(lines, numbers);
  }
}
