package io.vsmmu.gateway;

import java.time.Duration;

/**
 * The bounds of going on ahead of the log.
 *
 * @param stimuli most that may be decided and not written; each is at most one slice of the command
 *     queue or one outcome
 * @param submission most that are written as one
 * @param gather how long stimuli may gather before they are written
 * @param patience how long a log that has something to confirm may confirm nothing before it counts
 *     as away; a busy one is waited for
 * @param askAgain how long a log that is away is left alone before it is asked again
 * @param patienceAtEnd how long a vSMMU that ends waits for its log
 */
public record WriteBehindLimits(
    int stimuli,
    int submission,
    Duration gather,
    Duration patience,
    Duration askAgain,
    Duration patienceAtEnd) {

  /** What the service uses: at most 64 MiB of queue entries a vSMMU. */
  public static final WriteBehindLimits DEFAULT =
      new WriteBehindLimits(
          1024,
          64,
          Duration.ofMillis(5),
          Duration.ofSeconds(5),
          Duration.ofMillis(100),
          Duration.ofSeconds(5));
}
