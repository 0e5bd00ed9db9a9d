package io.vsmmu.control.recording;

import io.vsmmu.db.log.NewEvent;
import io.vsmmu.db.write.LogWriter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Appends the events of one new vSMMU to the log in chunks. At most {@link #CHUNKS_UNDER_WAY}
 * chunks are not durable yet; the next one waits. For one thread.
 */
final class BulkLogWriter {

  static final int CHUNK_EVENTS = 4096;

  /** Payload bytes after which a chunk is sent, even with fewer events. */
  static final int CHUNK_BYTES = 4 << 20;

  /** Chunks that may have been sent and not be durable yet. */
  static final int CHUNKS_UNDER_WAY = 2;

  private final LogWriter writer;
  private final int vsmmuId;
  private final Deque<CompletableFuture<?>> underWay = new ArrayDeque<>();
  private List<NewEvent> chunk = new ArrayList<>();
  private int chunkBytes;
  private long events;

  BulkLogWriter(LogWriter writer, int vsmmuId) {
    this.writer = writer;
    this.vsmmuId = vsmmuId;
  }

  void add(NewEvent event) {
    chunk.add(event);
    chunkBytes += event.payload().length;
    events++;
    if (chunk.size() >= CHUNK_EVENTS || chunkBytes >= CHUNK_BYTES) {
      send();
    }
  }

  /** The number of events that were added. */
  long events() {
    return events;
  }

  /** Returns once everything is durable. */
  void finish() {
    if (!chunk.isEmpty()) {
      send();
    }
    while (!underWay.isEmpty()) {
      await();
    }
  }

  private void send() {
    while (underWay.size() >= CHUNKS_UNDER_WAY) {
      await();
    }
    underWay.add(writer.appendBulk(vsmmuId, chunk));
    chunk = new ArrayList<>();
    chunkBytes = 0;
  }

  private void await() {
    try {
      underWay.removeFirst().join();
    } catch (CompletionException failed) {
      throw failed.getCause() instanceof RuntimeException cause ? cause : failed;
    }
  }
}
