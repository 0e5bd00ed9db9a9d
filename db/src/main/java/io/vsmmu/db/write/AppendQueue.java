package io.vsmmu.db.write;

import io.vsmmu.db.log.EventLogLimits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.axonframework.eventsourcing.eventstore.EventStoreException;
import org.jspecify.annotations.Nullable;

/**
 * The queue between callers and the writer thread, bounded in number of appends and in payload
 * bytes. Any thread may put; only the writer thread takes batches.
 */
final class AppendQueue {

  /** How long the writer thread waits for an append before it checks whether it was stopped. */
  private static final Duration IDLE_POLL = Duration.ofMillis(100);

  private final EventLogLimits limits;
  private final BlockingQueue<Append> waiting;
  private final Semaphore bytes;

  /**
   * An append that was taken from the queue but did not fit into the batch; the next batch begins
   * with it. Only the writer thread writes it.
   */
  private @Nullable Append next;

  AppendQueue(EventLogLimits limits) {
    this.limits = limits;
    this.waiting = new ArrayBlockingQueue<>(limits.queuedAppends());
    this.bytes = new Semaphore(limits.queuedBytes());
  }

  /**
   * Enqueues an append, and waits up to {@link EventLogLimits#queueWait()} for space.
   *
   * @throws LogBusyException if there was no space in time
   * @throws EventStoreException if the thread is interrupted
   */
  void put(Append append) {
    long deadline = System.nanoTime() + limits.queueWait().toNanos();
    try {
      if (!bytes.tryAcquire(append.bytes(), deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
        throw full();
      }
      if (!waiting.offer(append, deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
        bytes.release(append.bytes());
        throw full();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EventStoreException("Interrupted while waiting for the event log's writer", e);
    }
  }

  /**
   * Takes the waiting appends in order, as many as fit into one batch; a bulk append makes a batch
   * of its own. Waits 100 ms for the first one; returns an empty list if there was none.
   */
  List<Append> takeBatch() throws InterruptedException {
    List<Append> batch = new ArrayList<>();
    Append append = next == null ? waiting.poll(IDLE_POLL.toMillis(), TimeUnit.MILLISECONDS) : next;
    next = null;
    long rows = 0;
    long size = 0;
    while (append != null) {
      rows += append.rows().size();
      size += append.bytes();
      boolean fits = rows <= limits.batchRows() && size <= limits.batchBytes() && !append.bulk();
      if (!batch.isEmpty() && !fits) {
        next = append;
        return batch;
      }
      batch.add(append);
      if (!fits) {
        return batch;
      }
      append = waiting.poll();
    }
    return batch;
  }

  /** Releases the space of appends that have an outcome. */
  void release(List<Append> appends) {
    appends.forEach(append -> bytes.release(append.bytes()));
  }

  /** Takes every append that is left, and releases its space. */
  List<Append> drain() {
    List<Append> rest = new ArrayList<>();
    waiting.drainTo(rest);
    release(rest);
    return rest;
  }

  boolean isEmpty() {
    return waiting.isEmpty() && next == null;
  }

  private LogBusyException full() {
    return new LogBusyException(
        "The event log's queue stayed full for "
            + limits.queueWait()
            + " (limits: "
            + limits.queuedAppends()
            + " appends, "
            + limits.queuedBytes()
            + " bytes)");
  }
}
