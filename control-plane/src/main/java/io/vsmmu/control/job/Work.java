package io.vsmmu.control.job;

/**
 * The work of a job.
 *
 * @param <T> type of its result
 */
@FunctionalInterface
public interface Work<T> {

  /**
   * Does the work, on a thread of {@link Jobs}.
   *
   * @param progress receives what is done, and says when to stop
   * @return the result, of bounded size, because it is kept after the job has ended
   * @throws Exception if it fails; the job keeps it
   */
  T run(JobProgress progress) throws Exception;
}
