package io.vsmmu.control.recording;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * How far an import is.
 *
 * @param file name of the recording's file; null if it has none
 * @param bytes of the file that were received, checked or stored, by phase
 * @param ofBytes all of the file's bytes; -1 while nobody knows
 * @param lines lines of a trace, or records of an export, that were read in this phase
 * @param commands commands handed to the log
 * @param events events handed to the log
 * @param vsmmus names of the vSMMUs that were begun
 * @param ended when it ended; null while it runs
 * @param message why it did not end well; empty if it did, or runs
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

  /** What is done with the file. */
  public enum Phase {
    /** The body comes. */
    RECEIVING,
    /** It is read for the first time: whether it is a recording, and of how many vSMMUs. */
    CHECKING,
    /** It is read again, and goes into the log. */
    STORING
  }

  /** What became of it. */
  public enum Status {
    RUNNING,
    /** It is in the log. */
    DONE,
    /** It is no recording of its format, or its names are not allowed. */
    REFUSED,
    /** Somebody stopped it, or nobody waited for it any more. */
    STOPPED,
    FAILED
  }
}
