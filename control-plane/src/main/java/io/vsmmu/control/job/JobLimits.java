package io.vsmmu.control.job;

import java.time.Duration;

/** The limits of jobs. */
public final class JobLimits {

  /** Jobs that run at the same time; further ones wait. */
  public static final int RUNNING = 2;

  /** Jobs that wait; further ones are refused. */
  public static final int WAITING = 64;

  /** Ended jobs whose results are kept; further ones displace the oldest. */
  public static final int KEPT = 64;

  /** A job for which no client has asked this long is cancelled: its client does not exist. */
  public static final Duration UNASKED = Duration.ofMinutes(2);

  private JobLimits() {}
}
