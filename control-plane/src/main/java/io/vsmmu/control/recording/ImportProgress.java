package io.vsmmu.control.recording;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The progress of an import.
 *
 * @param file name of the recording's file; null if it has none
 * @param bytes of the file that were received, checked or stored in this phase
 * @param ofBytes size of the file in bytes; -1 while it is unknown
 * @param lines lines of a trace, or records of an export, that were read in this phase
 * @param commands commands handed to the log
 * @param events events handed to the log
 * @param vsmmus names of its vSMMUs that are registered by now
 * @param ended when it ended; null while it runs
 * @param message why it was refused or stopped, or failed; otherwise empty
 */
public record ImportProgress(
    UUID id,
    RecordingService.Format format,
    @Nullable String file,
    Instant started,
    Status status,
    Phase phase,
    long bytes,
    long ofBytes,
    long lines,
    long commands,
    long events,
    List<String> vsmmus,
    @Nullable Instant ended,
    String message) {

  public ImportProgress {
    vsmmus = List.copyOf(vsmmus);
  }

  /** The step that an import is in. */
  public enum Phase {
    /** The body of the request is received. */
    RECEIVING,
    /** An export is read and checked; a trace, if it is compressed, is decompressed. */
    CHECKING,
    /** The file is read, again if it was checked, and its events are appended to the log. */
    STORING
  }

  /** Whether an import runs, and how it ended. */
  public enum Status {
    RUNNING,
    /** All events are in the log, and the vSMMUs are visible. */
    DONE,
    /** The file is no recording of its format, or a name is not allowed. */
    REFUSED,
    /** A client stopped it, or its own client closed the connection. */
    STOPPED,
    FAILED
  }
}
