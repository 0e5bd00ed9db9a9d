package io.vsmmu.control.recording;

import io.vsmmu.db.log.NewEvent;
import io.vsmmu.db.write.LogWriter;
import java.util.ArrayList;
import java.util.List;

/** Appends the events of one new vSMMU to the log in chunks. For one thread. */
final class BulkLogWriter {

  static final int CHUNK_EVENTS = 4096;

  /** Payload bytes after which a chunk is sent, even with fewer events. */
  static final int CHUNK_BYTES = 4 << 20;

  private final LogWriter writer;
  private final int vsmmuId;
  private List<NewEvent> chunk = new ArrayList<>();
  private int chunkBytes;
  private long events;

  /** Position of the last event that was sent, 0 if none was. */
  private long last;

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

  /**
   * Returns once the database holds everything.
   *
   * @throws org.axonframework.eventsourcing.eventstore.EventStoreException if it does not take it
   */
  void finish() {
    if (!chunk.isEmpty()) {
      send();
    }
    writer.awaitShipped(last);
  }

  private void send() {
    last = writer.appendBulk(vsmmuId, chunk).lastPosition();
    chunk = new ArrayList<>();
    chunkBytes = 0;
  }
}
