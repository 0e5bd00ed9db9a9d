package io.vsmmu.posix;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * An open file descriptor. Thread-safe. A call of this package that is under way keeps the number
 * from being reused: it is closed when the last such call has returned.
 */
public final class Fd implements AutoCloseable {

  private static final int CLOSED = 1 << 31;

  private final int number;

  /** Calls under way in the lower bits. */
  private final AtomicInteger uses = new AtomicInteger();

  private Fd(int number) {
    this.number = number;
  }

  /**
   * Takes a descriptor over: from now on this object closes it.
   *
   * @throws IllegalArgumentException when it is negative
   */
  public static Fd owning(int number) {
    if (number < 0) {
      throw new IllegalArgumentException("a descriptor is never negative: " + number);
    }
    return new Fd(number);
  }

  /**
   * The number, for a call while nobody closes this object.
   *
   * @throws IllegalStateException when it is closed
   */
  public int number() {
    if (!isOpen()) {
      throw new IllegalStateException("the descriptor is closed");
    }
    return number;
  }

  /** The number, which after close may be another file's: only for waiting. */
  int anyNumber() {
    return number;
  }

  /** Whether nobody closed it yet. */
  public boolean isOpen() {
    return uses.get() >= 0;
  }

  /**
   * Begins a call; {@link #drop} ends it.
   *
   * @throws PosixException EBADF when it is closed
   */
  int hold(String call) throws PosixException {
    int before = uses.getAndUpdate(n -> n < 0 ? n : n + 1);
    if (before < 0) {
      throw new PosixException(call, Errno.EBADF);
    }
    return number;
  }

  /** Ends a call that {@link #hold} began. */
  void drop() {
    if (uses.decrementAndGet() == CLOSED) {
      Libc.CALLS.close(number);
    }
  }

  /** Closes it, now or with the end of the calls under way. Does nothing the second time. */
  @Override
  public void close() {
    int before = uses.getAndUpdate(n -> n | CLOSED);
    if (before == 0) {
      Libc.CALLS.close(number);
    }
  }

  @Override
  public String toString() {
    return isOpen() ? "fd " + number : "fd (closed)";
  }
}
