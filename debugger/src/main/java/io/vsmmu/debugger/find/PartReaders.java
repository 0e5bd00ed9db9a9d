package io.vsmmu.debugger.find;

import io.vsmmu.debugger.Progress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/**
 * Owns the threads that read parts of logs for searches, {@link FindLimits#THREADS} over all
 * searches. Each search has only a few parts read or waiting at a time, {@link
 * FindLimits#PARTS_AHEAD} for each thread, and gets their results in order. Thread-safe.
 */
public final class PartReaders implements AutoCloseable {

  /** How long a search waits for a part before it looks again whether it was cancelled. */
  private static final long LOOK_MILLIS = 20;

  private final int threads =
      Math.min(FindLimits.THREADS, Runtime.getRuntime().availableProcessors());
  private final ExecutorService readers =
      Executors.newFixedThreadPool(
          threads, Thread.ofPlatform().daemon().name("find-", 0).factory());

  /**
   * Reads parts of a log until the caller has enough.
   *
   * @param parts in the order in which their results are wanted
   * @param scan makes the scan of a part, which runs on a thread of this object and ends when its
   *     second argument says so
   * @param more takes the result of each part, on the caller's thread, and says whether the next is
   *     wanted
   * @throws CancellationException if the progress says so
   */
  public <P, R> void inOrder(
      Iterator<P> parts,
      BiFunction<P, BooleanSupplier, Callable<R>> scan,
      Predicate<R> more,
      Progress progress) {
    Deque<Future<R>> running = new ArrayDeque<>();
    AtomicBoolean stopped = new AtomicBoolean();
    try {
      do {
        while (running.size() < FindLimits.PARTS_AHEAD * threads && parts.hasNext()) {
          running.add(readers.submit(scan.apply(parts.next(), stopped::get)));
        }
      } while (!running.isEmpty() && more.test(await(running.removeFirst(), progress)));
    } finally {
      stopped.set(true);
    }
  }

  private static <R> R await(Future<R> part, Progress progress) {
    while (true) {
      progress.stopIfCancelled();
      try {
        return part.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
      } catch (TimeoutException notYet) {
        continue;
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        throw new CancellationException("The search was interrupted");
      } catch (ExecutionException failed) {
        throw asThrown(failed);
      }
    }
  }

  private static RuntimeException asThrown(ExecutionException failed) {
    return switch (failed.getCause()) {
      case RuntimeException unchecked -> unchecked;
      case Error error -> throw error;
      case null, default -> new IllegalStateException(failed);
    };
  }

  @Override
  public void close() {
    readers.shutdownNow();
  }
}
