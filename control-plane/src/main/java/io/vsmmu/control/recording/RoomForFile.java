package io.vsmmu.control.recording;

import io.vsmmu.db.embedded.EmbeddedLimits;
import io.vsmmu.db.embedded.NoSpaceMessage;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;

/** Keeps a growing file from taking the room that the log needs on the same file system. */
final class RoomForFile {

  private static final long LOOK_EVERY_BYTES = 1 << 20;

  private final Path file;
  private final FileStore store;
  private long unseen = LOOK_EVERY_BYTES;

  RoomForFile(Path file) throws IOException {
    this.file = file;
    this.store = Files.getFileStore(file);
  }

  /**
   * Called before bytes are written.
   *
   * @throws IOException that tells that there is no space left, and where
   */
  void take(int bytes) throws IOException {
    unseen += bytes;
    if (unseen >= LOOK_EVERY_BYTES) {
      unseen = 0;
      long left = store.getUsableSpace();
      if (left - bytes < EmbeddedLimits.DEFAULTS.reservedBytes()) {
        throw new IOException(
            "%s has %d bytes left, and uploads leave %d to the log"
                .formatted(NoSpaceMessage.of(file), left, EmbeddedLimits.DEFAULTS.reservedBytes()));
      }
    }
  }
}
