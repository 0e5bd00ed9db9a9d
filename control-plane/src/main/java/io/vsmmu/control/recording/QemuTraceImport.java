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

/**
 * A QEMU trace becomes one log a vSMMU. It is read twice: the first time tells how many vSMMUs
 * there are, and so their names, and whether it is a trace at all. All of them are imported or
 * none: what fails on the way is taken back, now or, after a kill, at the next start.
 */
final class QemuTraceImport implements AutoCloseable {

  private final EventDatabase database;
  private final VsmmuNames names;
  private final List<String> wanted;
  private final long importedMicros;
  private final SortedMap<Integer, ImportedVsmmu> vsmmus = new TreeMap<>();

  /**
   * @param wanted one name for each vSMMU
   */
  QemuTraceImport(EventDatabase database, List<String> wanted, Clock clock) {
    this.database = database;
    this.names = new VsmmuNames(database.registry());
    this.wanted = wanted;
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
    } catch (IOException | RuntimeException failed) {
      takeBack(failed);
      throw failed;
    }
  }

  /** How many vSMMUs the trace has; 0 if it is none. */
  static int vsmmus(InputStream trace) throws IOException {
    int[] most = new int[1];
    return QemuTraceImporter.read(
                trace, (index, stimulus, line, time) -> most[0] = Math.max(most[0], index + 1))
            instanceof ImportResult.Imported
        ? most[0]
        : 0;
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
    String name = wanted.get(Math.min(index, wanted.size() - 1));
    return new ImportedVsmmu(names.registerNear(name, originMicros), database.writer());
  }

  private RecordingResult finish(ImportReport report) {
    for (ImportedVsmmu vsmmu : vsmmus.values()) {
      vsmmu.finish();
      database.registry().arrived(vsmmu.registered().id());
    }
    List<RecordingResult.ImportedLog> logs =
        vsmmus.values().stream()
            .map(
                v ->
                    new RecordingResult.ImportedLog(
                        v.registered(), v.events(), v.state(), v.boots()))
            .toList();
    return new RecordingResult.Imported(
        logs,
        report.lines(),
        report.unattributed(),
        report.unattributedCommands(),
        report.warnings());
  }

  /** Best effort: what cannot be taken back now is at the next start. */
  private void takeBack(Exception cause) {
    for (ImportedVsmmu vsmmu : vsmmus.values()) {
      try {
        database.registry().markDeleted(vsmmu.registered().id());
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
