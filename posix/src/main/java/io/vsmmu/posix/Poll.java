package io.vsmmu.posix;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Waits for one descriptor with poll(2). */
final class Poll {

  static final short IN = 1;
  static final short OUT = 4;

  /** Size of a struct pollfd in bytes: descriptor, requested events, returned events. */
  private static final int ENTRY = 8;

  /** The timeout of a wait that lasts until it succeeds. */
  static final int NO_TIMEOUT = -1;

  private static final int EVENTS = 4;
  private static final int RESULT = 6;
  private static final long NANOS_OF_MILLI = 1_000_000;

  private Poll() {}

  /** An entry that requests {@code events} of a descriptor. */
  private static MemorySegment entry(Arena arena, int fd, short events) {
    MemorySegment entry = arena.allocate(ENTRY, Integer.BYTES);
    entry.set(ValueLayout.JAVA_INT, 0, fd);
    entry.set(ValueLayout.JAVA_SHORT, EVENTS, events);
    return entry;
  }

  /** Whether a write would not block now. */
  static boolean writable(int fd) {
    return poll(fd, OUT, 0) != 0;
  }

  /** Whether the peer of a stream has closed its end (POLLHUP). */
  static boolean hungUp(int fd) {
    return poll(fd, (short) 0, 0) != 0;
  }

  /**
   * Waits until a call would not block.
   *
   * @param events {@link #IN} for a read, {@link #OUT} for a write
   * @param deadline a {@link System#nanoTime}
   * @return false when the deadline has passed first
   */
  static boolean awaitReady(int fd, short events, long deadline) {
    long left = deadline - System.nanoTime();
    while (left > 0) {
      long millis = Math.min(left / NANOS_OF_MILLI + 1, Integer.MAX_VALUE);
      if (poll(fd, events, (int) millis) != 0) {
        return true;
      }
      left = deadline - System.nanoTime();
    }
    return poll(fd, events, 0) != 0;
  }

  /** Waits without a timeout until a read would not block, or a signal interrupts the wait. */
  static void awaitReadable(int fd) {
    poll(fd, IN, NO_TIMEOUT);
  }

  /**
   * Waits until a read would not block.
   *
   * @param milliseconds timeout; 0 does not wait
   * @return 1 when there is something to read or the peer has closed its end, 0 after the timeout,
   *     or the negated errno, such as -EINTR
   */
  static int readable(int fd, int milliseconds) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment entry = entry(arena, fd, IN);
      int ready = Libc.CALLS.poll(entry.address(), 1, milliseconds);
      return ready < 0 ? -Libc.errno() : ready;
    }
  }

  private static int poll(int fd, short events, int milliseconds) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment entry = entry(arena, fd, events);
      Libc.CALLS.poll(entry.address(), 1, milliseconds);
      return entry.get(ValueLayout.JAVA_SHORT, RESULT);
    }
  }
}
