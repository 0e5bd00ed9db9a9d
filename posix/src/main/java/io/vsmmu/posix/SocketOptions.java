package io.vsmmu.posix;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;

/** Options of a socket, in the kernel's layouts. */
final class SocketOptions {

  static final int RECEIVE_TIMEOUT = 20;
  static final int SEND_TIMEOUT = 21;

  private static final int SOL_SOCKET = 1;
  private static final int SO_PEERCRED = 17;
  private static final int CREDENTIALS_SIZE = 12;
  private static final int TIME_SIZE = 16;
  private static final int NANOS_OF_MICRO = 1_000;

  private SocketOptions() {}

  /** Who is at the other end. */
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

  /** Sets a timeout; zero for none. Less than a microsecond counts as one. */
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
