package io.vsmmu.control.job;

import io.vsmmu.debugger.Progress;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/** The progress of one job. Thread-safe. */
public final class JobProgress implements Progress {

  private final LongSupplier clock;
  private final LongAdder done = new LongAdder();
  private volatile long total;
  private volatile boolean cancelled;
  private volatile long askedAt;

  /**
   * @param clock as {@link System#nanoTime}
   */
  JobProgress(LongSupplier clock) {
    this.clock = clock;
    this.askedAt = clock.getAsLong();
  }

  @Override
  public void total(long events) {
    total = events;
  }

  @Override
  public void advance(long events) {
    done.add(events);
  }

  /**
   * {@inheritDoc}
   *
   * @throws JobCancelledException if the job was cancelled, or no client has asked for it within
   *     {@link JobLimits#UNASKED}
   */
  @Override
  public void stopIfCancelled() {
    if (cancelled) {
      throw new JobCancelledException("The job was cancelled");
    }
    if (clock.getAsLong() - askedAt > JobLimits.UNASKED.toNanos()) {
      cancelled = true;
      throw new JobCancelledException(
          "No client has asked for the job for %d s".formatted(JobLimits.UNASKED.toSeconds()));
    }
  }

  void cancel() {
    cancelled = true;
  }

  /** Notes that a client still waits for the job. */
  void asked() {
    askedAt = clock.getAsLong();
  }

  long done() {
    return done.sum();
  }

  /** The number of events to read; 0 until the work has set it. */
  long total() {
    return total;
  }
}
