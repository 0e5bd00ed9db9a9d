package io.vsmmu.posix;

/**
 * A handle on a process that does not become another process when the pid is reused, and the way to
 * its open files. The kernel asks for the right to trace the process (ptrace(2),
 * PTRACE_MODE_ATTACH_REALCREDS).
 */
public final class PidFd implements AutoCloseable {

  /** The same on all machines since Linux 5.3 and 5.6; the C library has no name for them. */
  private static final long PIDFD_OPEN = 434;

  private static final long PIDFD_GETFD = 438;

  private final Fd fd;

  private PidFd(Fd fd) {
    this.fd = fd;
  }

  /**
   * pidfd_open(2).
   *
   * @throws PosixException ESRCH when there is no such process; EMFILE
   */
  public static PidFd open(int pid) throws PosixException {
    long number = Libc.CALLS.syscall(PIDFD_OPEN, pid, 0, 0);
    return new PidFd(Fd.owning(Libc.checked((int) number, "pidfd_open")));
  }

  /**
   * A duplicate of one of the process's descriptors, close-on-exec: pidfd_getfd(2).
   *
   * @param number as the process numbers it
   * @throws PosixException EBADF when the process has no such descriptor or this is closed; EPERM
   *     without the right to trace it; ESRCH when it has ended; EMFILE
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

  @Override
  public void close() {
    fd.close();
  }
}
