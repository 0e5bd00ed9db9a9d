package io.vsmmu.posix;

/** Limits on descriptors, sockets and waits in this package. */
public final class PosixLimits {

  /** Descriptors in one message; further ones that are received are closed. */
  public static final int DESCRIPTORS = 16;

  /** Length of a socket's path in bytes: {@code sun_path} of Linux without its final zero. */
  public static final int SOCKET_PATH = 107;

  /** Connections per listening socket that wait to be accepted; further clients wait or fail. */
  static final int BACKLOG = 128;

  /** Connections accepted from one socket before the next socket is served. */
  static final int ACCEPTS_PER_TURN = 64;

  /**
   * Descriptors that no listening socket takes, so that the service can answer requests, serve VMMs
   * and read its database when it has as many vSMMUs as fit.
   */
  public static final int RESERVED_DESCRIPTORS = 256;

  /** Sockets with pending connections that are served after one wait; others follow. */
  static final int READY_PER_TURN = 64;

  /** Pause in milliseconds after accepting failed because no descriptor was left. */
  static final int ACCEPT_PAUSE_MILLIS = 100;

  /** Seconds between two log lines about failures to accept. */
  static final int LOG_SECONDS = 10;

  /** Milliseconds for which closing a mapping waits for accesses in progress. */
  static final int UNMAP_MILLIS = 100;

  private PosixLimits() {}
}
