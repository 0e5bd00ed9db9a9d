package io.vsmmu.posix;

import java.io.IOException;

/** A system call failed; its message is the call and the name of the errno. */
public final class PosixException extends IOException {

  private final Errno errno;

  /**
   * Makes an exception of a number that the C library or the kernel gave.
   *
   * @param call name of the system call, or a short phrase for the operation
   * @param number a positive error number; one that {@link Errno} does not name shows in the
   *     message only
   */
  public PosixException(String call, int number) {
    super(call + ": " + Errno.text(number));
    this.errno = Errno.of(number);
  }

  /**
   * Makes an exception for a failure that this process finds itself.
   *
   * @param call name of the system call, or a short phrase for the operation
   */
  public PosixException(String call, Errno errno) {
    this(call, errno.number());
  }

  /** The error; {@link Errno#UNKNOWN} for a number that no header of Linux names. */
  public Errno errno() {
    return errno;
  }
}
