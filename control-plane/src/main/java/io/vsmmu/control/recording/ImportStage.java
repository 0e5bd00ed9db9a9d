package io.vsmmu.control.recording;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;

/**
 * A stage of an import behind the one that reads the recording: a thread that works on what the
 * caller gives, in that order, while the caller reads on.
 *
 * <p>The caller gives items in batches and waits while {@link ImportLimits#WAITING_BATCHES} wait,
 * so slow work holds the reading back. A failure of the work is thrown to the caller by its next
 * call. All methods are for one thread, the caller's.
 *
 * @param <T> what is worked on; given away, so the caller must not change it afterwards
 */
final class ImportStage<T> implements AutoCloseable {

  /** What the stage does; called by its thread only. */
  interface Work<T> {
    void take(T item);

    /** Some items were taken, and others may not follow soon. */
    void pause();

    /** Everything was taken. */
    void finish();
  }

  /** How often a caller that waits looks whether the import has to stop. */
  private static final Duration CHECK = Duration.ofMillis(100);

  private final ImportRun run;
  private final ToLongFunction<T> bytesOf;
  private final Work<T> work;

  /** Batches; an empty one is the last. */
  private final BlockingQueue<List<T>> waiting =
      new ArrayBlockingQueue<>(ImportLimits.WAITING_BATCHES);

  private final CompletableFuture<Void> done = new CompletableFuture<>();

  private final Thread thread;
  private List<T> batch = new ArrayList<>();
  private long batchBytes;
  private volatile boolean abandoned;

  /**
   * Starts the thread, which is named after the caller's.
   *
   * @param run says when the caller has to stop
   * @param suffix follows the name of the caller's thread in that of the stage's
   * @param bytesOf estimates the memory of an item
   */
  ImportStage(ImportRun run, String suffix, ToLongFunction<T> bytesOf, Work<T> work) {
    this.run = run;
    this.bytesOf = bytesOf;
    this.work = work;
    this.thread =
        Thread.ofPlatform()
            .daemon()
            .name(Thread.currentThread().getName() + suffix)
            .start(this::workOnAll);
  }

  /**
   * Gives the next item.
   *
   * @throws ImportStoppedException when the import has to stop
   */
  void give(T item) {
    batch.add(item);
    batchBytes += bytesOf.applyAsLong(item);
    if (batch.size() >= ImportLimits.BATCH_STIMULI || batchBytes >= ImportLimits.BATCH_BYTES) {
      handOn(batch);
      batch = new ArrayList<>(ImportLimits.BATCH_STIMULI);
      batchBytes = 0;
    }
  }

  /**
   * Returns when the work on everything that was given is finished.
   *
   * @throws ImportStoppedException when the import has to stop
   */
  void finish() {
    if (!batch.isEmpty()) {
      handOn(batch);
    }
    handOn(List.of());
    try {
      while (!thread.join(CHECK)) {
        run.step();
      }
    } catch (InterruptedException interrupted) {
      throw interrupted();
    }
    throwFailure();
  }

  private void handOn(List<T> next) {
    try {
      do {
        run.step();
        throwFailure();
      } while (!waiting.offer(next, CHECK.toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException interrupted) {
      throw interrupted();
    }
  }

  private static ImportStoppedException interrupted() {
    Thread.currentThread().interrupt();
    return new ImportStoppedException("it was interrupted; nothing of the import is kept");
  }

  private void throwFailure() {
    if (!done.isCompletedExceptionally()) {
      return;
    }
    try {
      done.join();
    } catch (CompletionException failed) {
      switch (failed.getCause()) {
        case RuntimeException unchecked -> throw unchecked;
        case Error error -> throw error;
        case null, default -> throw failed;
      }
    }
  }

  /** The stage's thread. */
  private void workOnAll() {
    try {
      for (List<T> next = waiting.take(); !next.isEmpty(); next = waiting.take()) {
        workOn(next);
      }
      work.finish();
      done.complete(null);
    } catch (InterruptedException closed) {
      done.cancel(false);
    } catch (RuntimeException | Error failed) {
      done.completeExceptionally(failed);
      // The caller may wait for room.
      waiting.clear();
    }
  }

  private void workOn(List<T> next) throws InterruptedException {
    for (T item : next) {
      if (abandoned) {
        throw new InterruptedException();
      }
      work.take(item);
    }
    work.pause();
  }

  /** Ends the thread, and returns when it has ended; items that were not worked on are dropped. */
  @Override
  public void close() {
    abandoned = true;
    // Once: every interrupt makes the journal begin a segment file anew, if it is making one.
    thread.interrupt();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        boolean ignored = thread.join(CHECK);
      } catch (InterruptedException again) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
