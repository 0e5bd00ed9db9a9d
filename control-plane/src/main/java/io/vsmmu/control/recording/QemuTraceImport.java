package io.vsmmu.control.recording;

import io.vsmmu.control.request.VsmmuNames;
import io.vsmmu.db.EventDatabase;
import io.vsmmu.problem.Problem;
import io.vsmmu.recordings.qemu.ImportReport;
import io.vsmmu.recordings.qemu.ImportResult;
import io.vsmmu.recordings.qemu.QemuTraceImporter;
import io.vsmmu.recordings.qemu.RecordingSink;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Imports a QEMU trace, one log for each vSMMU. The trace is read twice: the first time counts the
 * vSMMUs, on which their names depend, and checks that it is a trace at all. Either all vSMMUs are
 * imported or none: a failed import is rolled back, after a kill at the next start of the service.
 */
final class QemuTraceImport implements AutoCloseable {

  private final EventDatabase database;
  private final VsmmuNames names;
  private final List<String> wanted;
  private final long importedMicros;
  private final ImportRun run;
  private final SortedMap<Integer, ImportedVsmmu> vsmmus = new TreeMap<>();

  /**
   * @param wanted one name for each vSMMU
   * @param run receives the progress, and says when to stop
   */
  QemuTraceImport(EventDatabase database, List<String> wanted, ImportRun run, Clock clock) {
    this.run = run;
    this.database = database;
    this.names = new VsmmuNames(database.registry());
    this.wanted = wanted;
    this.importedMicros = micros(clock.instant());
  }

  RecordingResult read(InputStream trace) throws IOException {
    try {
      return switch (QemuTraceImporter.read(trace, new Storing())) {
        case ImportResult.Refused refused ->
            new RecordingResult.Refused(
                new Problem(
                    "body",
                    "%d lines, %d bytes".formatted(refused.lines(), refused.bytes()),
                    refused.expected()));
        case ImportResult.Imported imported -> finish(imported.report());
      };
    } catch (IOException | RuntimeException failed) {
      ImportRollback.of(database.registry(), ids());
      throw failed;
    }
  }

  /**
   * Counts the vSMMUs of a trace; 0 if the file is no trace.
   *
   * @param run receives the progress, and says when to stop
   */
  static int vsmmus(InputStream trace, ImportRun run) throws IOException {
    int[] most = new int[1];
    RecordingSink counting =
        new RecordingSink() {
          @Override
          public void accept(int index, Stimulus stimulus, long line, @Nullable Instant time) {
            most[0] = Math.max(most[0], index + 1);
          }

          @Override
          public void reached(long line) {
            run.reached(line);
          }
        };
    return QemuTraceImporter.read(trace, counting) instanceof ImportResult.Imported ? most[0] : 0;
  }

  /** Stores the stimuli of the trace. */
  private final class Storing implements RecordingSink {
    @Override
    public void accept(int index, Stimulus stimulus, long line, @Nullable Instant time) {
      QemuTraceImport.this.accept(index, stimulus, line, time);
    }

    @Override
    public void reached(long line) {
      run.reached(line);
    }
  }

  private void accept(int index, Stimulus stimulus, long line, @Nullable Instant time) {
    run.step();
    long micros = time == null ? importedMicros : micros(time);
    ImportedVsmmu vsmmu = vsmmus.computeIfAbsent(index, i -> register(i, micros));
    vsmmu
        .accept(stimulus, micros)
        .ifPresent(
            problem ->
                vsmmu.accept(
                    new Stimulus.KeepLines(line, List.of("refused: " + problem.refusal())),
                    micros));
  }

  private ImportedVsmmu register(int index, long originMicros) {
    String name = wanted.get(Math.min(index, wanted.size() - 1));
    ImportedVsmmu made =
        new ImportedVsmmu(names.registerNear(name, originMicros), database.writer(), run);
    run.registered(
        Stream.concat(vsmmus.values().stream(), Stream.of(made))
            .map(it -> it.registered().name())
            .toList());
    return made;
  }

  private RecordingResult finish(ImportReport report) {
    vsmmus.values().forEach(ImportedVsmmu::finish);
    run.commit();
    database.registry().markImported(ids());
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

  private List<Integer> ids() {
    return vsmmus.values().stream().map(it -> it.registered().id()).toList();
  }

  private static long micros(Instant time) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, time);
  }

  @Override
  public void close() {
    vsmmus.values().forEach(ImportedVsmmu::close);
  }
}
