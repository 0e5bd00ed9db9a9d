package io.vsmmu.control.host;

import io.vsmmu.host.vmm.VmmOwnedLimits;
import java.time.Duration;

/** Limits of {@code host.sock} and of the descriptors that it receives. */
final class LocalHostLimits {

  /** Permissions of the socket's file: only its owner may connect. */
  static final int SOCKET_MODE = 0600;

  /** Most connections at a time; a further one is answered with {@code BUSY} and closed. */
  static final int CONNECTIONS = 16;

  /**
   * Bytes that one read of a connection takes. A line of JSON may be longer, and is collected from
   * several reads; bytes that are no line of JSON only carry descriptors.
   */
  static final int MESSAGE_BYTES = 256;

  /**
   * Most descriptors of one line of JSON: an iommufd and the devices of a VMM. A line with more is
   * refused, and its connection is closed.
   */
  static final int LINE_DESCRIPTORS = 1 + VmmOwnedLimits.DEVICES;

  /** Most messages without a descriptor that one connection may send; then it is closed. */
  static final int EMPTY_MESSAGES = 16;

  /** Longest time without a message, after which a connection is closed. */
  static final Duration SILENCE = Duration.ofSeconds(30);

  /** Longest time to send an answer to a peer that does not read; then its connection is closed. */
  static final Duration ANSWER = Duration.ofSeconds(5);

  /** Most log lines about refused connections within {@link #LOG_INTERVAL}. */
  static final int LOG_LINES = 5;

  /** The interval in which at most {@link #LOG_LINES} are written. */
  static final Duration LOG_INTERVAL = Duration.ofSeconds(10);

  private LocalHostLimits() {}
}
