package io.vsmmu.control.recording;

import io.vsmmu.control.request.VsmmuNames;
import io.vsmmu.db.EventDatabase;
import io.vsmmu.recordings.qemu.ImportReport;
import io.vsmmu.recordings.qemu.ImportResult;
import io.vsmmu.recordings.qemu.QemuTraceImporter;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A QEMU trace becomes one log a vSMMU. */
final class QemuTraceImport implements AutoCloseable {

  private final EventDatabase database;
  private final VsmmuNames names;
  private final String name;
  private final long importedMicros;
  private final SortedMap<Integer, ImportedVsmmu> vsmmus = new TreeMap<>();

  QemuTraceImport(EventDatabase database, String name, Clock clock) {
    this.database = database;
    this.names = new VsmmuNames(database.registry());
    this.name = name;
    this.importedMicros = micros(clock.instant());
  }

  RecordingResult read(InputStream trace) throws IOException {
    try {
      return switch (QemuTraceImporter.read(trace, this::accept)) {
        case ImportResult.Refused refused ->
            new RecordingResult.Refused(
                "body",
                "%d lines, %d bytes".formatted(refused.lines(), refused.bytes()),
                refused.expected());
        case ImportResult.Imported imported -> finish(imported.report());
      };
    } catch (RuntimeException failed) {
      markPartial(failed);
      throw failed;
    }
  }

  private void accept(int index, Stimulus stimulus, long line, @Nullable Instant time) {
    long micros = time == null ? importedMicros : micros(time);
    ImportedVsmmu vsmmu = vsmmus.computeIfAbsent(index, i -> register(i, micros));
    vsmmu
        .accept(stimulus, micros)
        .ifPresent(
            refused ->
                vsmmu.accept(new Stimulus.KeepLines(line, List.of("refused: " + refused)), micros));
  }

  private ImportedVsmmu register(int index, long originMicros) {
    String wanted = index == 0 ? name : name + "-vsmmu" + (index + 1);
    return new ImportedVsmmu(names.registerNear(wanted, originMicros), database.writer());
  }

  private RecordingResult finish(ImportReport report) {
    for (ImportedVsmmu vsmmu : vsmmus.values()) {
      vsmmu.finish();
      database.registry().arrived(vsmmu.registered().id());
    }
    List<RecordingResult.ImportedLog> logs =
        vsmmus.values().stream()
            .map(v -> new RecordingResult.ImportedLog(v.registered(), v.events(), v.state()))
            .toList();
    return new RecordingResult.Imported(
        logs, report.lines(), report.unattributed(), report.warnings());
  }

  /**
   * Best effort: a log that cannot be written now stays without its last event, which says it too.
   */
  private void markPartial(RuntimeException cause) {
    for (ImportedVsmmu vsmmu : vsmmus.values()) {
      try {
        vsmmu.accept(
            new Stimulus.FinishRecording(false, "the import failed: " + cause.getMessage()), 0);
        vsmmu.finish();
      } catch (RuntimeException again) {
        cause.addSuppressed(again);
      }
    }
  }

  private static long micros(Instant time) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, time);
  }

  @Override
  public void close() {
    vsmmus.values().forEach(ImportedVsmmu::close);
  }
}
