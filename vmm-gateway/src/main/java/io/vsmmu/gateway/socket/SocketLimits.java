package io.vsmmu.gateway.socket;

import java.time.Duration;

/**
 * The limits of a vSMMU's socket.
 *
 * @param waiting VMMs that may wait until the connected one disconnects; further ones are refused
 * @param waitTimeout how long a VMM waits; then it is refused
 * @param burst VMMs that are admitted one after the other without a pause
 * @param interval how often a VMM is admitted beyond the burst, because each leaves events and
 *     lines in logs; until then it waits
 */
public record SocketLimits(int waiting, Duration waitTimeout, int burst, Duration interval) {

  public static final SocketLimits DEFAULT =
      new SocketLimits(4, Duration.ofSeconds(30), 32, Duration.ofMillis(100));

  /** The permissions of a socket: only its owner may connect. */
  static final int MODE = 0600;

  /**
   * The most log lines about refused connections, and likewise about admitted ones, in {@link
   * #LOG_INTERVAL}; further ones are counted.
   */
  static final int LOG_LINES = 5;

  /** The interval of {@link #LOG_LINES}. */
  static final Duration LOG_INTERVAL = Duration.ofSeconds(10);

  /** How long closing a socket waits until what its VMM requested is in the log. */
  static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

  /** How often a VMM that waits is checked for having left. */
  static final Duration POLL_INTERVAL = Duration.ofMillis(100);
}
