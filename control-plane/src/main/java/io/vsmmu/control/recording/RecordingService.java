package io.vsmmu.control.recording;

import io.vsmmu.db.EventDatabase;
import io.vsmmu.db.log.Vsmmu;
import io.vsmmu.recordings.qemu.CompressedRecording;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Imports recordings and exports logs. */
public final class RecordingService {

  private final EventDatabase database;
  private final Path uploads;
  private final long mostBytes;
  private final Clock clock;

  /**
   * @param uploads folder for bodies that are not complete yet
   * @param mostBytes most bytes of one recording
   */
  public RecordingService(EventDatabase database, Path uploads, long mostBytes, Clock clock) {
    this.database = database;
    this.uploads = uploads;
    this.mostBytes = mostBytes;
    this.clock = clock;
    Upload.removeLeftOvers(uploads);
  }

  /** What can be imported. */
  public enum Format {
    /** What QEMU writes with {@code -trace 'smmuv3_*' -D file}. */
    QEMU_TRACE,
    /** A file of {@link #export}. */
    VSMMU
  }

  /** Imports a recording that has no file's name. */
  public RecordingResult importFrom(InputStream body, Format format, @Nullable String name)
      throws IOException {
    return importFrom(body, format, name, null);
  }

  /**
   * Imports a recording. The whole body is received first: a connection that breaks leaves nothing.
   *
   * @param body a trace may be compressed with gzip or zstd
   * @param name for its vSMMUs, see {@link RecordingNames}; null for names after the file. A taken
   *     name gets a number.
   * @param file name of the file that the recording is; null if it has none
   * @throws IOException when the body cannot be received
   */
  public RecordingResult importFrom(
      InputStream body, Format format, @Nullable String name, @Nullable String file)
      throws IOException {
    Optional<RecordingResult.Refused> refused = RecordingNames.refusal(name);
    if (refused.isPresent()) {
      return refused.get();
    }
    try (Upload upload = Upload.receive(body, uploads, mostBytes)) {
      return switch (format) {
        case QEMU_TRACE -> importTrace(upload.file(), name, file);
        case VSMMU -> new LogFileImport(database, upload.file(), name).read();
      };
    } catch (Upload.TooLong | CompressedRecording.TooLongException tooLong) {
      return new RecordingResult.Refused(
          "body", String.valueOf(tooLong.getMessage()), mostBytes + " bytes");
    }
  }

  private RecordingResult importTrace(Path trace, @Nullable String name, @Nullable String file)
      throws IOException {
    int count;
    try (InputStream in = open(trace)) {
      count = QemuTraceImport.vsmmus(in);
    } catch (CompressedRecording.DamagedException damaged) {
      return new RecordingResult.Refused(
          "body", String.valueOf(damaged.getMessage()), "undamaged gzip or zstd");
    }
    List<String> names = RecordingNames.of(name, file, Math.max(count, 1));
    try (InputStream in = open(trace);
        QemuTraceImport running = new QemuTraceImport(database, names, clock)) {
      return running.read(in);
    }
  }

  private InputStream open(Path trace) throws IOException {
    return CompressedRecording.open(
        new BufferedInputStream(Files.newInputStream(trace)), mostBytes);
  }

  /** Writes the vSMMU's log as a file that {@link #importFrom} takes. */
  public void export(Vsmmu vsmmu, OutputStream out) throws IOException {
    new LogFileExport(database).write(vsmmu, out);
  }
}
