package io.vsmmu.gateway.socket;

import java.time.Duration;

/** Every bound of the sockets. */
final class SocketLimits {

  /** Permissions of a socket: its owner alone. */
  static final int MODE = 0600;

  /** Log lines about refused connections in {@link #LOG_INTERVAL}, for each socket. */
  static final int LOG_LINES = 5;

  /** For how long {@link #LOG_LINES} count. */
  static final Duration LOG_INTERVAL = Duration.ofSeconds(10);

  /** How long closing a socket waits for what its VMM has asked for. */
  static final Duration LAST_ACCESSES = Duration.ofSeconds(10);

  private SocketLimits() {}
}
