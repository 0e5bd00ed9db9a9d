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

/** Appends that wait for the writer, bounded in number and in bytes. */
final class AppendQueue {

  private static final Duration IDLE_LOOK = Duration.ofMillis(100);

  private final EventLogLimits limits;
  private final BlockingQueue<Append> waiting;
  private final Semaphore bytes;

  /** Taken from the queue but not fitting into the batch before it; the writer thread's own. */
  private @Nullable Append next;

  AppendQueue(EventLogLimits limits) {
    this.limits = limits;
    this.waiting = new ArrayBlockingQueue<>(limits.queuedAppends());
    this.bytes = new Semaphore(limits.queuedBytes());
  }

  /**
   * Waits for room and enqueues.
   *
   * @throws LogBusyException if there was no room in time
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

  /** Takes everything that waits and fits into one batch; empty if nothing came for a while. */
  List<Append> takeBatch() throws InterruptedException {
    List<Append> batch = new ArrayList<>();
    Append append = next == null ? waiting.poll(IDLE_LOOK.toMillis(), TimeUnit.MILLISECONDS) : next;
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

  /** Gives back the room of appends that were settled. */
  void settled(List<Append> appends) {
    appends.forEach(append -> bytes.release(append.bytes()));
  }

  /** Takes everything that is left, giving its room back. */
  List<Append> drain() {
    List<Append> rest = new ArrayList<>();
    waiting.drainTo(rest);
    settled(rest);
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
