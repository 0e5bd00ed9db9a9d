package io.vsmmu.debugger;

/**
 * How long work reports what it has done, and learns that its answer is not wanted any more. Any
 * thread may call every method.
 */
public interface Progress {

  /** Sets the number of events that the work has to read; it may be set again. */
  void total(long events);

  /** Adds to the number of events that were read. */
  void advance(long events);

  /**
   * Returns while the answer is wanted. Work calls it at least once every few thousand events.
   *
   * @throws java.util.concurrent.CancellationException if the work has to end
   */
  void stopIfCancelled();
}
