package io.vsmmu.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * What the storage device holds of a directory when the machine ends: of what was written since the
 * last fdatasync(2), each page or sector may be there or not, in any combination.
 */
final class SimulatedDisk {

  private static final int SECTOR_BYTES = 512;
  private static final int PAGE_BYTES = 4096;

  private final Path directory;

  /** The files as they were synced last. A file that was deleted since may be there again. */
  private final Map<String, byte[]> synced = new TreeMap<>();

  SimulatedDisk(Path directory) {
    this.directory = directory;
  }

  /** All files have been synced. */
  void allSynced() throws IOException {
    for (Map.Entry<String, ByteBuffer> file : JournalFiles.contents(directory).entrySet()) {
      synced.put(file.getKey(), file.getValue().array());
    }
  }

  /** The file of the segment that is written has been synced. */
  void activeSynced() throws IOException {
    Path active = JournalFiles.active(directory);
    synced.put(active.getFileName().toString(), Files.readAllBytes(active));
  }

  /** What the device may hold now. */
  Map<String, byte[]> afterLossOfPower(Random random) throws IOException {
    Map<String, byte[]> found = new TreeMap<>();
    if (random.nextBoolean()) {
      found.putAll(synced);
    }
    double share = random.nextDouble();
    int unit = random.nextBoolean() ? SECTOR_BYTES : PAGE_BYTES;
    for (Map.Entry<String, ByteBuffer> file : JournalFiles.contents(directory).entrySet()) {
      byte[] now = file.getValue().array();
      // A new file is synced with zeros in it before it is used.
      byte[] last = synced.getOrDefault(file.getKey(), new byte[now.length]);
      byte[] old = last.length == now.length ? last : new byte[now.length];
      for (int at = 0; at < now.length; at += unit) {
        if (random.nextDouble() < share) {
          System.arraycopy(old, at, now, at, Math.min(unit, now.length - at));
        }
      }
      found.put(file.getKey(), now);
    }
    return found;
  }
}
