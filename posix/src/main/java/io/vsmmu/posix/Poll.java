package io.vsmmu.posix;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Waiting for one descriptor (poll(2)), and the layout of its entries. */
final class Poll {

  static final short IN = 1;
  static final short OUT = 4;

  /** Bytes of one entry: descriptor, asked events, events. */
  static final int ENTRY = 8;

  private static final int EVENTS = 4;
  private static final int RESULT = 6;
  private static final int FOR_EVER = -1;
  private static final long NANOS_OF_MILLI = 1_000_000;

  private Poll() {}

  /** Asks in entry {@code index} for {@code events} of a descriptor. */
  static void ask(MemorySegment entries, int index, int fd, short events) {
    long at = (long) index * ENTRY;
    entries.set(ValueLayout.JAVA_INT, at, fd);
    entries.set(ValueLayout.JAVA_SHORT, at + EVENTS, events);
    entries.set(ValueLayout.JAVA_SHORT, at + RESULT, (short) 0);
  }

  /** What happened to entry {@code index}; 0 for nothing. */
  static int result(MemorySegment entries, int index) {
    return entries.get(ValueLayout.JAVA_SHORT, (long) index * ENTRY + RESULT);
  }

  /** Whether a write would not wait now. */
  static boolean writable(int fd) {
    return poll(fd, OUT, 0) != 0;
  }

  /** Whether the other end of a stream is closed. */
  static boolean hungUp(int fd) {
    return poll(fd, (short) 0, 0) != 0;
  }

  /**
   * Waits until a call would not wait.
   *
   * @param deadline in {@link System#nanoTime}'s time
   * @return whether it came in time
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

  /** Waits until a read would not wait. */
  static void awaitReadable(int fd) {
    poll(fd, IN, FOR_EVER);
  }

  /**
   * Waits until a read would not wait.
   *
   * @param milliseconds at most this long; 0 does not wait
   * @return more than 0 when something is there or the other end is gone, 0 when the time is over,
   *     minus the error otherwise
   */
  static int readable(int fd, int milliseconds) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment entry = arena.allocate(ENTRY, Integer.BYTES);
      ask(entry, 0, fd, IN);
      int ready = Libc.CALLS.poll(entry.address(), 1, milliseconds);
      return ready < 0 ? -Libc.errno() : ready;
    }
  }

  private static int poll(int fd, short events, int milliseconds) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment entry = arena.allocate(ENTRY, Integer.BYTES);
      ask(entry, 0, fd, events);
      Libc.CALLS.poll(entry.address(), 1, milliseconds);
      return result(entry, 0);
    }
  }
}
