package io.vsmmu.control.recording;

import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What is to be imported, and for whom.
 *
 * @param id by which the import is found while it is under way
 * @param name for its vSMMUs, see {@link RecordingNames}; null for names after the file. A taken
 *     name gets a number.
 * @param file name of the file that the recording is; null if it has none
 * @param bytes of the body, -1 if nobody knows
 * @param clientGone whether nobody waits for the answer any more; asked by the importing thread,
 *     and only once the body has ended
 */
public record ImportRequest(
    UUID id,
    RecordingService.Format format,
    @Nullable String name,
    @Nullable String file,
    long bytes,
    BooleanSupplier clientGone) {

  /** A recording that has no file's name, for somebody who stays. */
  public static ImportRequest of(RecordingService.Format format, @Nullable String name) {
    return new ImportRequest(UUID.randomUUID(), format, name, null, -1, () -> false);
  }

  /** The same for a file of that name. */
  public ImportRequest ofFile(String fileName) {
    return new ImportRequest(id, format, name, fileName, bytes, clientGone);
  }
}
