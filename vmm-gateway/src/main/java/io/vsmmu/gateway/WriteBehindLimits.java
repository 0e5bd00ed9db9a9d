package io.vsmmu.gateway;

import java.time.Duration;

/**
 * The limits of writing behind the guest.
 *
 * @param stimuli the most that may be decided and not written; then the guest waits. Each is at
 *     most one slice of the command queue or one outcome
 * @param submission the most that are written as one submission
 * @param gatherTime how long stimuli are gathered before they are written
 * @param confirmationTimeout how long a log with something to confirm may confirm nothing; then it
 *     counts as unavailable. A busy log that confirms something within this time is waited for
 * @param retryInterval how long the writer waits before it tries an unavailable log again
 * @param closeTimeout how long a vSMMU that ends waits for its log; then what is not written is
 *     lost
 */
public record WriteBehindLimits(
    int stimuli,
    int submission,
    Duration gatherTime,
    Duration confirmationTimeout,
    Duration retryInterval,
    Duration closeTimeout) {

  /** The limits of the service: at most 64 MiB of queue entries for each vSMMU. */
  public static final WriteBehindLimits DEFAULT =
      new WriteBehindLimits(
          1024,
          64,
          Duration.ofMillis(5),
          Duration.ofSeconds(5),
          Duration.ofMillis(100),
          Duration.ofSeconds(5));
}
