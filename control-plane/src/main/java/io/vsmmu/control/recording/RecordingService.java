package io.vsmmu.control.recording;

import io.vsmmu.boundary.Boundaries;
import io.vsmmu.control.recording.ImportProgress.Phase;
import io.vsmmu.control.recording.ImportProgress.Status;
import io.vsmmu.db.EventDatabase;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.problem.Problem;
import io.vsmmu.recordings.qemu.CompressedRecording;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Imports recordings and exports logs. Thread-safe. */
public final class RecordingService {

  /** How long {@link #stop} waits for the end of the import. */
  public static final Duration STOP_WAIT = Duration.ofSeconds(5);

  /** The number of ended imports that are kept. */
  public static final int KEPT = RecentImports.KEPT;

  private static final Logger LOGGER = System.getLogger(RecordingService.class.getName());

  private final EventDatabase database;
  private final Path uploads;
  private final long mostBytes;
  private final Clock clock;
  private final RecentImports imports = new RecentImports();
  private final ImportWorkers workers = new ImportWorkers();

  /**
   * @param uploads folder for the bodies of requests until they are imported
   * @param mostBytes most bytes of one recording
   */
  public RecordingService(EventDatabase database, Path uploads, long mostBytes, Clock clock) {
    this.database = database;
    this.uploads = uploads;
    this.mostBytes = mostBytes;
    this.clock = clock;
    Upload.removeLeftOvers(uploads);
  }

  public enum Format {
    /** What QEMU writes with {@code -trace 'smmuv3_*' -D file}. */
    QEMU_TRACE,
    /** A log file that {@link #export} wrote. */
    VSMMU
  }

  /** Imports a recording without a file name, whose client does not close its connection. */
  public RecordingResult importFrom(InputStream body, Format format, @Nullable String name)
      throws IOException {
    return importFrom(body, ImportRequest.of(format, name));
  }

  /**
   * Imports a recording. The whole body is received first: a connection that breaks leaves nothing.
   *
   * @param body a trace may be compressed with gzip or zstd
   * @throws IOException when the body cannot be received
   * @throws ImportStoppedException when it was stopped, or its client closed the connection
   */
  public RecordingResult importFrom(InputStream body, ImportRequest request) throws IOException {
    Optional<RecordingResult.Refused> refused =
        RecordingNames.refusal(request.name(), request.format());
    if (refused.isPresent()) {
      return refused.get();
    }
    ImportRun run = new ImportRun(request, clock);
    if (!imports.add(run)) {
      return new RecordingResult.Refused(
          new Problem("id", request.id().toString(), "an id that no import has had"));
    }
    try {
      RecordingResult result = carryOut(run, body);
      switch (result) {
        case RecordingResult.Imported _ -> run.end(Status.DONE, "");
        case RecordingResult.Refused(Problem problem) ->
            run.end(
                Status.REFUSED,
                "%s: '%s'; allowed: %s"
                    .formatted(problem.field(), problem.given(), problem.allowed()));
      }
      return result;
    } catch (ImportStoppedException stopped) {
      String why = String.valueOf(stopped.getMessage());
      LOGGER.log(Level.INFO, "Import of {0} stopped: {1}", text(request.file()), why);
      run.end(Status.STOPPED, why);
      throw stopped;
    } catch (IOException | RuntimeException failed) {
      run.end(Status.FAILED, String.valueOf(failed.getMessage()));
      throw failed;
    } finally {
      // An Error ended it.
      if (run.progress().status() == Status.RUNNING) {
        run.end(Status.FAILED, "an error of the service");
      }
    }
  }

  private static String text(@Nullable String file) {
    return file == null ? "a recording without a name" : file;
  }

  /** The running imports and the newest ones that ended, the oldest first. */
  public List<ImportProgress> imports() {
    return imports.all().stream().map(ImportRun::progress).toList();
  }

  /** The progress of one of {@link #imports}; empty if there is none with this id. */
  public Optional<ImportProgress> progress(UUID id) {
    return imports.find(id).map(ImportRun::progress);
  }

  /**
   * Stops an import and returns its progress. It may have ended before; and it may still run after
   * {@link #STOP_WAIT}, for example while it waits for the body of its request. Empty if there is
   * no such import.
   */
  public Optional<ImportProgress> stop(UUID id) throws InterruptedException {
    Optional<ImportRun> run = imports.find(id);
    if (run.isPresent()) {
      run.get().stop("it was asked to; nothing of the import is kept", STOP_WAIT);
    }
    return run.map(ImportRun::progress);
  }

  private RecordingResult carryOut(ImportRun run, InputStream body) throws IOException {
    try (Upload upload = Upload.receive(body, uploads, mostBytes, run)) {
      Boundaries.reached(ImportBoundary.RECEIVED);
      return workers.perform(() -> imported(upload.file(), run));
    } catch (Upload.TooLong | CompressedRecording.TooLongException tooLong) {
      return new RecordingResult.Refused(
          new Problem("body", String.valueOf(tooLong.getMessage()), mostBytes + " bytes"));
    }
  }

  private RecordingResult imported(Path file, ImportRun run) throws IOException {
    return switch (run.request().format()) {
      case QEMU_TRACE -> importTrace(file, run);
      case VSMMU -> new LogFileImport(database, file, run.request().name(), run).read();
    };
  }

  private RecordingResult importTrace(Path trace, ImportRun run) throws IOException {
    long bytes = Files.size(trace);
    try {
      run.enter(Phase.CHECKING, bytes);
      if (CompressedRecording.isCompressed(trace)) {
        // Before anything is stored, because what was stored keeps its space.
        try (InputStream in = open(trace, run)) {
          in.transferTo(OutputStream.nullOutputStream());
        }
      }
      run.enter(Phase.STORING, bytes);
      try (InputStream in = open(trace, run);
          QemuTraceImport running = new QemuTraceImport(database, run, clock)) {
        return running.read(in);
      }
    } catch (CompressedRecording.DamagedException damaged) {
      return new RecordingResult.Refused(
          new Problem("body", String.valueOf(damaged.getMessage()), "undamaged gzip or zstd"));
    }
  }

  private InputStream open(Path trace, ImportRun run) throws IOException {
    return CompressedRecording.open(
        new BufferedInputStream(ImportFileStream.open(trace, run)),
        Math.min(mostBytes, CompressedRecording.mostText(Files.size(trace))));
  }

  /** Writes the log of a vSMMU as a file in the format {@link Format#VSMMU}. */
  public void export(RegisteredVsmmu vsmmu, OutputStream out) throws IOException {
    new LogFileExport(database).write(vsmmu, out);
  }

  /**
   * Writes a part of the log of a vSMMU as a file. One that begins with the first event can be
   * imported again.
   *
   * @param first sequence of its first event
   * @param last sequence of its last event, inclusive
   */
  public void export(RegisteredVsmmu vsmmu, long first, long last, OutputStream out)
      throws IOException {
    new LogFileExport(database).write(vsmmu, first, last, out);
  }
}
