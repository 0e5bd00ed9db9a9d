package io.vsmmu.control.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.control.recording.RecordingResult.Imported;
import io.vsmmu.control.recording.RecordingResult.ImportedLog;
import io.vsmmu.control.recording.RecordingService;
import io.vsmmu.control.recording.RecordingService.Format;
import io.vsmmu.control.replay.LogReplay;
import io.vsmmu.control.replay.ReplayReport;
import io.vsmmu.db.EventDatabase;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.model.Vsmmu;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.wire.EventCodec;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Clock;
import java.util.function.Consumer;

/** An exported log among the resources, imported into the database of the tests. */
record ImportedSample(EventDatabase database, ImportedLog log) {

  private static final long MOST_BYTES = 1 << 20;

  static ImportedSample of(EventDatabase database, Path uploads, String resource)
      throws IOException {
    RecordingService recordings =
        new RecordingService(database, uploads, MOST_BYTES, Clock.systemUTC());
    try (InputStream in = ImportedSample.class.getResourceAsStream(resource)) {
      Imported imported = (Imported) recordings.importFrom(in, Format.VSMMU, null);
      assertThat(imported.vsmmus()).hasSize(1);
      return new ImportedSample(database, imported.vsmmus().getFirst());
    }
  }

  /** Folds the events; {@code each} receives every state. Returns the last one. */
  VsmmuState fold(Consumer<VsmmuState> each) {
    VsmmuState[] state = {VsmmuState.ABSENT};
    read(
        event -> {
          state[0] = Vsmmu.evolve(state[0], event);
          each.accept(state[0]);
        });
    return state[0];
  }

  /** Replays the whole log and asserts that every event came out as it was recorded. */
  ReplayReport replaysWithoutDivergence(LogReplay replay) {
    ReplayReport report = replay(replay);
    assertThat(report.divergences()).isEmpty();
    assertThat(report.diverged()).isZero();
    assertThat(report.events()).isEqualTo(log.events());
    return report;
  }

  ReplayReport replay(LogReplay replay) {
    try (replay) {
      read(replay::accept);
      return replay.finish();
    }
  }

  private void read(Consumer<VsmmuEvent> each) {
    database
        .log()
        .read(
            log.vsmmu().id(),
            0,
            Long.MAX_VALUE,
            event -> each.accept(EventCodec.decode(event.type(), event.payload())));
  }
}
