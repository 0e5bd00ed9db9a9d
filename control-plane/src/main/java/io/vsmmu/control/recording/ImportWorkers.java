package io.vsmmu.control.recording;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The threads that read recordings. Requests run on virtual threads, which share as many carriers
 * as there are processors and give them up only when they wait. Reading a recording does not wait:
 * on a virtual thread it would occupy a carrier that other requests need. The operating system
 * divides the processors fairly among platform threads.
 */
final class ImportWorkers {

  private final ExecutorService threads =
      Executors.newFixedThreadPool(
          ImportLimits.RECORDINGS, Thread.ofPlatform().daemon().name("import-", 0).factory());

  /** Runs a task on one of the threads and waits for its result. */
  <T> T perform(Callable<T> task) throws IOException {
    Future<T> done = threads.submit(task);
    try {
      return done.get();
    } catch (InterruptedException interrupted) {
      done.cancel(true);
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while a recording was read");
    } catch (ExecutionException failed) {
      throw asThrown(failed);
    }
  }

  private static IOException asThrown(ExecutionException failed) throws IOException {
    return switch (failed.getCause()) {
      case IOException io -> throw io;
      case RuntimeException unchecked -> throw unchecked;
      case Error error -> throw error;
      case null, default -> new IOException(failed);
    };
  }
}
