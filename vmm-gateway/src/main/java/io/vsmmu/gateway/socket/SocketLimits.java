package io.vsmmu.gateway.socket;

import java.time.Duration;

/**
 * The bounds of a socket.
 *
 * @param successors VMMs that may wait for the one before them; more are turned away
 * @param successorWait how long a VMM waits for the one before it to end; then it is turned away
 * @param burst VMMs that are taken at once, one after the other, after a time without any
 * @param pace how often a VMM is taken beyond that: each leaves events and lines in logs
 */
public record SocketLimits(int successors, Duration successorWait, int burst, Duration pace) {

  /** What the service uses. */
  public static final SocketLimits DEFAULT =
      new SocketLimits(4, Duration.ofSeconds(30), 32, Duration.ofMillis(100));

  /** Permissions of a socket: its owner alone. */
  static final int MODE = 0600;

  /** Log lines about refused connections, and about those taken, in {@link #LOG_INTERVAL}. */
  static final int LOG_LINES = 5;

  /** For how long {@link #LOG_LINES} count. */
  static final Duration LOG_INTERVAL = Duration.ofSeconds(10);

  /** How long closing a socket waits for what its VMM has asked for. */
  static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

  /** How soon one who waits is seen to have left. */
  static final Duration POLL_INTERVAL = Duration.ofMillis(100);
}
