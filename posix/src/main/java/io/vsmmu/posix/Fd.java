package io.vsmmu.posix;

/**
 * An open file descriptor. Thread-safe. A call of this package that is under way keeps the number
 * from being reused: it is closed when the last such call has returned.
 */
public final class Fd implements AutoCloseable {

  private final int number;
  private final Uses uses = new Uses();

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
    return !uses.isClosed();
  }

  /**
   * Begins a call; {@link #drop} ends it.
   *
   * @throws PosixException EBADF when it is closed
   */
  int hold(String call) throws PosixException {
    if (!uses.begin()) {
      throw new PosixException(call, Errno.EBADF);
    }
    return number;
  }

  /** Begins a call unless it is closed; {@link #drop} ends it. */
  boolean tryHold() {
    return uses.begin();
  }

  /** Ends a call that {@link #hold} or {@link #tryHold} began. */
  void drop() {
    if (uses.end()) {
      Libc.CALLS.close(number);
    }
  }

  /** Closes it, now or with the end of the calls under way. Does nothing the second time. */
  @Override
  public void close() {
    if (uses.close()) {
      Libc.CALLS.close(number);
    }
  }

  @Override
  public String toString() {
    return isOpen() ? "fd " + number : "fd (closed)";
  }
}
