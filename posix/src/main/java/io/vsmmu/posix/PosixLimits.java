package io.vsmmu.posix;

/** The bounds of this package. */
public final class PosixLimits {

  /** Most descriptors that come or go with one message. */
  public static final int DESCRIPTORS = 16;

  /** Most bytes of a socket's path. */
  public static final int SOCKET_PATH = 107;

  /** Connections that may wait to be accepted, per listening socket. */
  static final int BACKLOG = 128;

  /** Connections accepted from one socket before the next one has its turn. */
  static final int ACCEPTED_IN_A_ROW = 64;

  /** Milliseconds without accepting when descriptors have run out. */
  static final int BACK_OFF_MILLIS = 100;

  /** Seconds between two log lines about the same trouble. */
  static final int LOG_SECONDS = 10;

  /** Milliseconds that unmapping waits for accesses under way. */
  static final int UNMAP_MILLIS = 100;

  private PosixLimits() {}
}
