package io.vsmmu.posix;

/**
 * A pidfd: a descriptor for a process that, unlike a pid, never refers to a later process. It gives
 * access to the process's open files, for which the kernel requires permission to trace the process
 * (ptrace(2), PTRACE_MODE_ATTACH_REALCREDS).
 */
public final class PidFd implements AutoCloseable {

  /**
   * System call numbers, the same on every architecture; since Linux 5.3 and 5.6. Older C libraries
   * have no functions for them.
   */
  private static final long PIDFD_OPEN = 434;

  private static final long PIDFD_GETFD = 438;

  private final Fd fd;

  private PidFd(Fd fd) {
    this.fd = fd;
  }

  /**
   * pidfd_open(2).
   *
   * @throws PosixException ESRCH when there is no such process; EMFILE, ENFILE when no descriptor
   *     is left; ENOSYS before Linux 5.3
   */
  public static PidFd open(int pid) throws PosixException {
    long number = Libc.CALLS.syscall(PIDFD_OPEN, pid, 0, 0);
    return new PidFd(Fd.owning(Libc.checked((int) number, "pidfd_open")));
  }

  /**
   * A duplicate of one of the process's descriptors, close-on-exec, which the caller closes:
   * pidfd_getfd(2).
   *
   * @param number of the descriptor in that process
   * @throws PosixException EBADF when the process has no such descriptor, or this is closed; EPERM
   *     without permission to trace the process; ESRCH when it has ended; EMFILE when no descriptor
   *     is left
   */
  public Fd descriptor(int number) throws PosixException {
    int own = fd.hold("pidfd_getfd");
    try {
      long copy = Libc.CALLS.syscall(PIDFD_GETFD, own, number, 0);
      return Fd.owning(Libc.checked((int) copy, "pidfd_getfd"));
    } finally {
      fd.drop();
    }
  }

  /** Whether the process has ended; true when this is closed. */
  public boolean hasEnded() {
    return DeviceCalls.awaitReadable(fd, 0) != 0;
  }

  @Override
  public void close() {
    fd.close();
  }
}
