package io.vsmmu.db.write;

import io.vsmmu.db.log.EventLogLimits;
import io.vsmmu.db.log.HashChain;
import io.vsmmu.db.log.NewEvent;

/**
 * Appends the events of one vSMMU in chunks, as an import does. Events are hashed and encoded here,
 * on the caller's thread; the writer's lock, which every guest's append needs, is held for the copy
 * of a chunk. Nothing else may append to the vSMMU meanwhile. Not thread-safe.
 */
public final class BulkAppender {

  private final LogWriter writer;
  private final int vsmmuId;
  private final HashChain chain = new HashChain();
  private BulkChunk chunk;
  private long events;

  /** Position of the last event that was appended, 0 if none was. */
  private long last;

  BulkAppender(LogWriter writer, int vsmmuId, StreamHead head) {
    this.writer = writer;
    this.vsmmuId = vsmmuId;
    this.chunk = new BulkChunk(head, EventLogLimits.BULK_EVENTS);
  }

  /**
   * Adds an event, and appends the chunk that it completes; waits then while the database lacks
   * more than {@link EventLogLimits#bulkBytes()}, or a quarter of the journal.
   *
   * @throws IllegalArgumentException if the event exceeds a limit
   * @throws org.axonframework.modelling.command.ConcurrencyException if the event does not follow
   *     the last one of its vSMMU
   * @throws org.axonframework.eventsourcing.eventstore.EventStoreException as {@link
   *     LogWriter#append(java.util.List, io.vsmmu.db.log.AppendDurability)}, and if the database
   *     takes nothing for {@link EventLogLimits#answerWait()}
   */
  public void add(NewEvent event) {
    writer.check(event);
    LogWriter.checkFollows(vsmmuId, event, chunk.last());
    chunk.add(vsmmuId, event, chain);
    events++;
    if (chunk.events() == EventLogLimits.BULK_EVENTS
        || chunk.bytes() >= EventLogLimits.BULK_CHUNK_BYTES) {
      append();
    }
  }

  /**
   * Adds the event with which the imported part of a log begins. Its sequence is that of the event
   * in whose place it stands, and so may be any; the next event follows it.
   *
   * @param event of type {@link HashChain#PART_IMPORTED}
   * @param hash of the event in whose place it stands, 32 bytes
   * @throws IllegalArgumentException if the event exceeds a limit
   * @throws IllegalStateException if the vSMMU has an event already
   */
  public void begin(NewEvent event, byte[] hash) {
    writer.check(event);
    if (chunk.last().sequence() >= 0) {
      throw new IllegalStateException("A log begins only once");
    }
    chunk.add(vsmmuId, event, hash);
    events++;
  }

  /** The number of events that were added. */
  public long events() {
    return events;
  }

  /**
   * Appends what was added, and returns once the database holds it.
   *
   * @throws org.axonframework.eventsourcing.eventstore.EventStoreException as {@link #add}
   */
  public void finish() {
    if (chunk.events() > 0) {
      append();
    }
    writer.awaitShipped(last);
  }

  private void append() {
    last = writer.append(vsmmuId, chunk);
    chunk = new BulkChunk(chunk.last(), EventLogLimits.BULK_EVENTS);
  }
}
