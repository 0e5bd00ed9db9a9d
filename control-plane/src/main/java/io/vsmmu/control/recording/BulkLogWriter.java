package io.vsmmu.control.recording;

import io.vsmmu.db.log.NewEvent;
import io.vsmmu.db.write.LogWriter;
import java.util.ArrayList;
import java.util.List;

/** Appends the events of one new vSMMU to the log in chunks. For one thread. */
final class BulkLogWriter {

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
    if (chunk.size() >= ImportLimits.CHUNK_EVENTS || chunkBytes >= ImportLimits.CHUNK_BYTES) {
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
