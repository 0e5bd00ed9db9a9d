package io.vsmmu.posix;

import java.io.IOException;

/** A system call failed. */
public final class PosixException extends IOException {

  private final String call;
  private final int errno;

  /**
   * @param call name of the system call, or of what was tried
   * @param errno why, as in {@link Errno}
   */
  public PosixException(String call, int errno) {
    super(call + ": " + Errno.name(errno));
    this.call = call;
    this.errno = errno;
  }

  /** The system call, or what was tried. */
  public String call() {
    return call;
  }

  /** Why, as in {@link Errno}. */
  public int errno() {
    return errno;
  }
}
