package io.vsmmu.posix;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;

/** Reads and sets options of sockets (socket(7), unix(7)) in the kernel's 64-bit layouts. */
final class SocketOptions {

  static final int RECEIVE_TIMEOUT = 20;
  static final int SEND_TIMEOUT = 21;

  private static final int SOL_SOCKET = 1;
  private static final int SO_PEERCRED = 17;
  private static final int CREDENTIALS_SIZE = 12;
  private static final int TIME_SIZE = 16;
  private static final int NANOS_OF_MICRO = 1_000;

  private SocketOptions() {}

  /** SO_PEERCRED of a connected Unix socket. */
  static PeerCredentials peer(int fd) throws PosixException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = arena.allocate(CREDENTIALS_SIZE, Integer.BYTES);
      MemorySegment length = arena.allocateFrom(ValueLayout.JAVA_INT, CREDENTIALS_SIZE);
      Libc.checked(
          Libc.CALLS.getsockopt(fd, SOL_SOCKET, SO_PEERCRED, value.address(), length.address()),
          "getsockopt SO_PEERCRED");
      return new PeerCredentials(
          value.getAtIndex(ValueLayout.JAVA_INT, 0),
          value.getAtIndex(ValueLayout.JAVA_INT, 1),
          value.getAtIndex(ValueLayout.JAVA_INT, 2));
    }
  }

  /**
   * Sets a timeout.
   *
   * @param option {@link #RECEIVE_TIMEOUT} or {@link #SEND_TIMEOUT}
   * @param timeout zero for none; rounded up to microseconds
   */
  static void timeout(int fd, int option, Duration timeout) throws PosixException {
    long micros = (timeout.getNano() + NANOS_OF_MICRO - 1L) / NANOS_OF_MICRO;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = arena.allocate(TIME_SIZE, Long.BYTES);
      value.setAtIndex(ValueLayout.JAVA_LONG, 0, timeout.getSeconds() + micros / 1_000_000);
      value.setAtIndex(ValueLayout.JAVA_LONG, 1, micros % 1_000_000);
      Libc.checked(
          Libc.CALLS.setsockopt(fd, SOL_SOCKET, option, value.address(), TIME_SIZE),
          "setsockopt timeout");
    }
  }
}
