package io.vsmmu.control.recording;

import io.vsmmu.db.embedded.EmbeddedLimits;
import io.vsmmu.db.embedded.NoSpaceMessage;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;

/** Stops an upload before it takes the space that PostgreSQL needs on the same file system. */
final class UploadSpace {

  private static final long CHECK_EVERY_BYTES = 1 << 20;

  private final Path file;
  private final FileStore store;
  private long unchecked = CHECK_EVERY_BYTES;

  UploadSpace(Path file) throws IOException {
    this.file = file;
    this.store = Files.getFileStore(file);
  }

  /**
   * Must be called before bytes are written.
   *
   * @throws IOException if the file system has too little space; the message names the file
   */
  void take(int bytes) throws IOException {
    unchecked += bytes;
    if (unchecked >= CHECK_EVERY_BYTES) {
      unchecked = 0;
      long left = store.getUsableSpace();
      if (left - bytes < EmbeddedLimits.DEFAULTS.reservedBytes()) {
        throw new IOException(
            "%s has %d bytes left, and uploads leave %d to the log"
                .formatted(NoSpaceMessage.of(file), left, EmbeddedLimits.DEFAULTS.reservedBytes()));
      }
    }
  }
}
