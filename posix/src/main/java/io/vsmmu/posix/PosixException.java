package io.vsmmu.posix;

import java.io.IOException;

/** A system call failed; its message is the call and the name of the errno. */
public final class PosixException extends IOException {

  private final String call;
  private final int errno;

  /**
   * Makes an exception.
   *
   * @param call name of the system call, or a short phrase for the operation
   * @param errno as in {@link Errno}
   */
  public PosixException(String call, int errno) {
    super(call + ": " + Errno.name(errno));
    this.call = call;
    this.errno = errno;
  }

  /** Name of the system call, or a short phrase for the operation. */
  public String call() {
    return call;
  }

  /** The error number, as in {@link Errno}. */
  public int errno() {
    return errno;
  }
}
