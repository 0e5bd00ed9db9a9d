package io.vsmmu.control.recording;

import io.vsmmu.boundary.Boundaries;
import io.vsmmu.control.request.VsmmuNames;
import io.vsmmu.db.EventDatabase;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.problem.Problem;
import io.vsmmu.recordings.qemu.CompressedRecording;
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
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Imports a QEMU trace, one log for each vSMMU. The caller's thread reads the trace, attributes its
 * lines and registers the vSMMUs; a thread behind it decides and appends. How many vSMMUs a trace
 * has shows at its end, and so do their names: a vSMMU that was registered as the only one is
 * renamed when a second one is found. Either all vSMMUs are imported or none: a failed import is
 * rolled back, after a kill at the next start of the service.
 */
final class QemuTraceImport implements AutoCloseable {

  private final EventDatabase database;
  private final VsmmuNames names;
  private final long importedMicros;
  private final ImportRun run;
  private final ImportStage<Attributed> deciding;
  private final SortedMap<Integer, ImportedVsmmu> vsmmus = new TreeMap<>();

  /** The numbers of the vSMMUs that are registered. */
  private final List<Integer> ids = new ArrayList<>();

  /** The number of vSMMUs after which the registered ones are named. */
  private int namedFor;

  /** The vSMMU of the last stimulus, which is usually that of the next one too. */
  private @Nullable ImportedVsmmu latest;

  private int latestIndex = -1;

  /**
   * @param run receives the progress, and says when to stop
   */
  QemuTraceImport(EventDatabase database, ImportRun run, Clock clock) {
    this.run = run;
    this.database = database;
    this.names = new VsmmuNames(database.registry());
    this.importedMicros = micros(clock.instant());
    this.deciding =
        new ImportStage<>(run, "-decide", it -> StimulusSize.of(it.stimulus()), new Deciding());
  }

  /**
   * @throws CompressedRecording.DamagedException if the trace is compressed and damaged; nothing is
   *     imported
   */
  RecordingResult read(InputStream trace) throws IOException {
    try {
      return switch (QemuTraceImporter.read(trace, new Storing())) {
        case ImportResult.Refused refused -> {
          discard();
          yield new RecordingResult.Refused(
              new Problem(
                  "body",
                  "%d lines, %d bytes".formatted(refused.lines(), refused.bytes()),
                  refused.expected()));
        }
        case ImportResult.Imported imported -> finish(imported.report());
      };
    } catch (IOException | RuntimeException | Error failed) {
      discard();
      throw failed;
    }
  }

  private void discard() {
    deciding.close();
    ImportRollback.of(database.registry(), ids);
  }

  /**
   * A stimulus of the trace.
   *
   * @param line 1-based number of its line
   * @param micros its time in microseconds since 1970
   */
  private record Attributed(ImportedVsmmu vsmmu, Stimulus stimulus, long line, long micros) {}

  /** Decides stimuli and appends the events. */
  private final class Deciding implements ImportStage.Work<Attributed> {

    private final Set<ImportedVsmmu> seen = new LinkedHashSet<>();
    private @Nullable ImportedVsmmu previous;

    @Override
    public void take(Attributed next) {
      if (next.vsmmu() != previous) {
        previous = next.vsmmu();
        seen.add(previous);
      }
      next.vsmmu().accept(next.stimulus(), next.line(), next.micros());
    }

    @Override
    public void pause() {
      seen.forEach(vsmmu -> vsmmu.report(run));
    }

    @Override
    public void finish() {
      seen.forEach(ImportedVsmmu::finish);
    }
  }

  /** Gives the stimuli of the trace to the deciding thread. */
  private final class Storing implements RecordingSink {
    @Override
    public void accept(int index, Stimulus stimulus, long line, @Nullable Instant time) {
      long micros = time == null ? importedMicros : micros(time);
      deciding.give(new Attributed(vsmmu(index, micros), stimulus, line, micros));
    }

    @Override
    public void reached(long line) {
      run.reached(line);
    }
  }

  private ImportedVsmmu vsmmu(int index, long originMicros) {
    ImportedVsmmu same = latest;
    if (same != null && index == latestIndex) {
      return same;
    }
    ImportedVsmmu found = vsmmus.get(index);
    if (found == null) {
      found = register(index, originMicros);
    }
    latest = found;
    latestIndex = index;
    return found;
  }

  private ImportedVsmmu register(int index, long originMicros) {
    ImportRequest request = run.request();
    int count = Math.max(index + 1, namedFor);
    List<String> wanted = RecordingNames.of(request.name(), request.file(), count);
    List<String> before = RecordingNames.of(request.name(), request.file(), Math.max(1, namedFor));
    vsmmus.forEach(
        (earlier, vsmmu) -> {
          if (!before.get(earlier).equals(wanted.get(earlier))) {
            vsmmu.registeredAs(names.renameNear(vsmmu.registered(), wanted.get(earlier)));
          }
        });
    namedFor = count;
    RegisteredVsmmu row = names.registerNear(wanted.get(index), originMicros);
    ids.add(row.id());
    Boundaries.reached(ImportBoundary.REGISTERED);
    ImportedVsmmu made = new ImportedVsmmu(row, database.writer());
    vsmmus.put(index, made);
    run.registered(vsmmus.values().stream().map(it -> it.registered().name()).toList());
    return made;
  }

  private RecordingResult finish(ImportReport report) {
    deciding.finish();
    run.commit();
    Boundaries.reached(ImportBoundary.STORED);
    database.registry().markImported(ids);
    Boundaries.reached(ImportBoundary.COMPLETED);
    List<RecordingResult.ImportedLog> logs =
        vsmmus.values().stream()
            .map(v -> new RecordingResult.ImportedLog(v.registered(), v.events(), v.state()))
            .toList();
    return new RecordingResult.Imported(
        logs,
        report.lines(),
        report.unattributed(),
        report.unattributedCommands(),
        report.warnings());
  }

  private static long micros(Instant time) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, time);
  }

  @Override
  public void close() {
    deciding.close();
    vsmmus.values().forEach(ImportedVsmmu::close);
  }
}
