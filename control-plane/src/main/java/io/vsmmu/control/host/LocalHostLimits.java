package io.vsmmu.control.host;

import io.vsmmu.host.vmm.VmmOwnedLimits;
import java.time.Duration;

/** The bounds of this package. */
final class LocalHostLimits {

  /** Permissions of the socket: its owner alone. */
  static final int SOCKET_MODE = 0600;

  /** Connections to the socket at a time. */
  static final int CONNECTIONS = 16;

  /** Bytes taken of a message at once; what they say does not matter. */
  static final int MESSAGE_BYTES = 256;

  /**
   * Descriptors of one line of JSON: an iommufd and the devices of a VMM. With more than that the
   * line is refused and its connection ends.
   */
  static final int LINE_DESCRIPTORS = 1 + VmmOwnedLimits.DEVICES;

  /** Messages without a descriptor that one connection may send; then it ends. */
  static final int EMPTY_MESSAGES = 16;

  /** How long a connection may be silent. */
  static final Duration SILENCE = Duration.ofSeconds(30);

  /** How long an answer may take to be taken. */
  static final Duration ANSWER = Duration.ofSeconds(5);

  /** Log lines about refused connections in {@link #LOG_INTERVAL}. */
  static final int LOG_LINES = 5;

  /** For how long {@link #LOG_LINES} count. */
  static final Duration LOG_INTERVAL = Duration.ofSeconds(10);

  private LocalHostLimits() {}
}
