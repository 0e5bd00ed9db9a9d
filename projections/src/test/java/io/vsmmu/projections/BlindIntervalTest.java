package io.vsmmu.projections;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.db.EventDatabase;
import io.vsmmu.projections.lint.Finding;
import io.vsmmu.projections.lint.Rule;
import io.vsmmu.projections.lint.WholeLogFindings;
import io.vsmmu.projections.view.EventView;
import io.vsmmu.projections.view.StateView;
import io.vsmmu.smmu.event.HardwareQueueAllocated;
import io.vsmmu.smmu.event.HardwareQueueClosed;
import io.vsmmu.smmu.event.HardwareQueueFreed;
import io.vsmmu.smmu.spec.HardwareQueues;
import io.vsmmu.smmu.spec.VsmmuProperties;
import io.vsmmu.smmu.stimulus.Durability;
import io.vsmmu.smmu.stimulus.HostOperation.Kind;
import io.vsmmu.smmu.stimulus.MemorySharing;
import io.vsmmu.smmu.stimulus.Origin;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The intervals in which the log lacks the guest's invalidations are reported. */
@Tag("slow")
class BlindIntervalTest {

  private static final int SID = 0x900;
  private static final int EOPNOTSUPP = 95;

  private static EventDatabase database;

  @BeforeAll
  static void open() {
    database = ProjectionsDatabase.open();
  }

  @AfterAll
  static void close() {
    database.close();
  }

  private static LogScript willing() {
    return new LogScript(database)
        .act(
            new Stimulus.Create(
                Origin.LIVE,
                Durability.COMMITTED,
                VsmmuProperties.ALL_AUTO.with(HardwareQueues.ACCEPT_BLIND),
                LogScript.IDS))
        .queues()
        .act(new Stimulus.MapMemory(0x4000_0000L, 1 << 30, true, true, MemorySharing.FILE))
        .attach(SID, "0000:01:00.0");
  }

  private static LogScript allocated(LogScript script, int index, int errno) {
    script.act(new Stimulus.AllocateHardwareQueue(index, 0x4000_0000L + index * 0x1000L, 0x1000));
    long handle = script.state().hardwareQueues().getLast().handle();
    int id = errno == 0 ? 30 + index : 0;
    return script.hostDone(LogScript.operation(Kind.ALLOC_HW_QUEUE, handle, -1, id, errno));
  }

  private static List<Finding> blind(LogScript script) {
    return WholeLogFindings.of(database.log(), script.vsmmu()).findings().stream()
        .filter(finding -> finding.rule() == Rule.BLIND_INTERVAL)
        .toList();
  }

  @Test
  void an_open_queue_is_a_blind_interval_until_it_ends() {
    LogScript script = willing();
    long from = script.lastPosition() + 1;
    allocated(script, 0, 0);
    assertThat(blind(script))
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.from()).isEqualTo(from);
              assertThat(finding.to()).isNull();
              assertThat(finding.text()).contains("queue 0", "not in the log");
            });

    script.act(new Stimulus.FreeHardwareQueue(0));

    assertThat(blind(script))
        .singleElement()
        .satisfies(finding -> assertThat(finding.to()).isEqualTo(script.lastPosition()));
  }

  @Test
  void a_reset_ends_the_intervals_of_all_queues() {
    LogScript script = willing();
    allocated(allocated(script, 0, 0), 1, 0);
    script.act(new Stimulus.Reset(Stimulus.ResetSource.VMM));

    assertThat(blind(script)).hasSize(2).allMatch(finding -> finding.to() != null);
  }

  @Test
  void a_queue_that_the_host_never_gave_hides_nothing() {
    LogScript script = allocated(willing(), 0, EOPNOTSUPP);

    assertThat(script.state().hardwareQueues()).isEmpty();
    assertThat(blind(script)).isEmpty();
  }

  @Test
  void the_state_tells_what_is_blind_and_since_when() {
    LogScript script = allocated(willing(), 0, 0);
    List<Long> positions = script.positions();

    Map<String, ?> view =
        StateView.of(
            script.lastPosition(),
            Instant.EPOCH,
            script.state(),
            sequence -> positions.get((int) sequence));

    assertThat(view.get("blind"))
        .isEqualTo(
            List.of(
                Map.of(
                    "index",
                    0,
                    "address",
                    "0x40000000",
                    "size",
                    4096L,
                    "since",
                    positions.get((int) script.state().hardwareQueues().getFirst().since()))));
    assertThat(((Map<?, ?>) view.get("properties")).get("cmdqv")).isEqualTo("ACCEPT_BLIND");
  }

  @Test
  void its_events_are_shown() {
    assertThat(EventView.of(new HardwareQueueAllocated(1, 0x4000_0000L, 4096, 9)))
        .isEqualTo(Map.of("index", 1, "address", "0x40000000", "size", 4096L, "queue", 9L));
    assertThat(EventView.of(new HardwareQueueFreed(1, 9)))
        .isEqualTo(Map.of("index", 1, "queue", 9L));
    assertThat(EventView.of(new HardwareQueueClosed(1, 9, HardwareQueueClosed.Reason.RESET)))
        .isEqualTo(Map.of("index", 1, "queue", 9L, "reason", "RESET"));
  }
}
