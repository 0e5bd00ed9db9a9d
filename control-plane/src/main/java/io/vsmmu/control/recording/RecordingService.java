package io.vsmmu.control.recording;

import io.vsmmu.control.request.VsmmuNames;
import io.vsmmu.db.EventDatabase;
import io.vsmmu.db.log.Vsmmu;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import org.jspecify.annotations.Nullable;

/** Imports recordings and exports logs. */
public final class RecordingService {

  /** What a recording without a name is called. */
  public static final String DEFAULT_NAME = "recording";

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

  /**
   * Imports a recording. The whole body is received first: a connection that breaks leaves nothing.
   *
   * @param name for its first vSMMU; null for a default. A taken name gets a number.
   * @throws IOException when the body cannot be received
   */
  public RecordingResult importFrom(InputStream body, Format format, @Nullable String name)
      throws IOException {
    if (name != null && !VsmmuNames.ALLOWED.matcher(name).matches()) {
      return new RecordingResult.Refused("name", name, VsmmuNames.ALLOWED_TEXT);
    }
    try (Upload upload = Upload.receive(body, uploads, mostBytes)) {
      return switch (format) {
        case QEMU_TRACE -> importTrace(upload.file(), name == null ? DEFAULT_NAME : name);
        case VSMMU -> new LogFileImport(database, upload.file(), name).read();
      };
    } catch (Upload.TooLong tooLong) {
      return new RecordingResult.Refused(
          "body", String.valueOf(tooLong.getMessage()), mostBytes + " bytes");
    }
  }

  private RecordingResult importTrace(Path file, String name) throws IOException {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file));
        QemuTraceImport trace = new QemuTraceImport(database, name, clock)) {
      return trace.read(in);
    }
  }

  /** Writes the vSMMU's log as a file that {@link #importFrom} takes. */
  public void export(Vsmmu vsmmu, OutputStream out) throws IOException {
    new LogFileExport(database).write(vsmmu, out);
  }
}
