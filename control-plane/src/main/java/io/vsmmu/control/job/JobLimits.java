package io.vsmmu.control.job;

import java.time.Duration;

/** The limits of jobs. */
public final class JobLimits {

  /** Jobs that run at the same time; further ones wait. */
  public static final int RUNNING = 3;

  /** Jobs of one client that run at the same time, so that those of another one need not wait. */
  public static final int RUNNING_OF_CLIENT = 2;

  /** Jobs that wait; further ones are refused. */
  public static final int WAITING = 256;

  /** Jobs of one client that wait; further ones of it are refused. */
  public static final int WAITING_OF_CLIENT = 64;

  /** Ended jobs whose results are kept; further ones displace the oldest. */
  public static final int KEPT = 64;

  /** A job for which no client has asked this long is cancelled: its client does not exist. */
  public static final Duration UNASKED = Duration.ofMinutes(2);

  private JobLimits() {}
}
