package io.vsmmu.control.recording;

import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A request for an import.
 *
 * @param id identifies the import, also while it runs
 * @param name for its vSMMUs, see {@link RecordingNames}; null for names after the file. A name
 *     that is taken gets a number.
 * @param file name of the recording's file; null if it has none
 * @param bytes size of the body; -1 if unknown
 * @param clientGone whether the client has closed its connection; called by the importing thread,
 *     and only after the end of the body
 */
public record ImportRequest(
    UUID id,
    RecordingService.Format format,
    @Nullable String name,
    @Nullable String file,
    long bytes,
    BooleanSupplier clientGone) {

  /** A recording without a file name, whose client does not close its connection. */
  public static ImportRequest of(RecordingService.Format format, @Nullable String name) {
    return new ImportRequest(UUID.randomUUID(), format, name, null, -1, () -> false);
  }
}
