package io.vsmmu.posix;

/**
 * An open file descriptor, closed by {@link #close}. Thread-safe. A system call of this package
 * that is in progress delays the close(2) until it returns, so that the kernel cannot give the
 * number to another file under it.
 */
public final class Fd implements AutoCloseable {

  private final int number;
  private final UseCount uses = new UseCount();

  private Fd(int number) {
    this.number = number;
  }

  /**
   * Takes ownership of a descriptor: from now on only this object may close it.
   *
   * @throws IllegalArgumentException when the number is negative
   */
  public static Fd owning(int number) {
    if (number < 0) {
      throw new IllegalArgumentException("a descriptor is never negative: " + number);
    }
    return new Fd(number);
  }

  /**
   * The descriptor's number. Valid only as long as no other thread closes this object.
   *
   * @throws IllegalStateException when it is closed
   */
  public int number() {
    if (!isOpen()) {
      throw new IllegalStateException("the descriptor is closed");
    }
    return number;
  }

  /**
   * The number even after close, when it may belong to another file. For poll(2) only, where that
   * does no harm, and for calls between {@link #tryHold} and {@link #drop}.
   */
  int anyNumber() {
    return number;
  }

  /** Whether {@link #close} was not called yet. */
  public boolean isOpen() {
    return !uses.isClosed();
  }

  /**
   * Begins a system call; {@link #drop} must follow it.
   *
   * @param call name of the call for the exception
   * @return the number, which is valid until {@link #drop}
   * @throws PosixException EBADF when it is closed
   */
  int hold(String call) throws PosixException {
    if (!uses.begin()) {
      throw new PosixException(call, Errno.EBADF.number());
    }
    return number;
  }

  /** As {@link #hold}, but returns false when it is closed; then no {@link #drop} must follow. */
  boolean tryHold() {
    return uses.begin();
  }

  /** Ends a system call that {@link #hold} or {@link #tryHold} began. */
  void drop() {
    if (uses.end()) {
      Libc.CALLS.close(number);
    }
  }

  /**
   * Closes the descriptor, or lets the last system call in progress close it. Further calls fail
   * with EBADF at once. Closing again does nothing.
   */
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
