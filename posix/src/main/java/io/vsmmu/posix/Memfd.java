package io.vsmmu.posix;

import java.lang.foreign.Arena;

/**
 * Creates memfds (memfd_create(2)): memory with a descriptor but no name in a file system, of which
 * a VMM makes the guest's RAM.
 */
public final class Memfd {

  private static final int MFD_CLOEXEC = 1;

  private Memfd() {}

  /**
   * Creates a memfd, close-on-exec. Pages are allocated when they are first accessed.
   *
   * @param name appears in /proc only; at most 249 bytes
   * @param size in bytes
   * @return a descriptor that the caller closes
   * @throws PosixException EINVAL for a name that is too long or a negative size; EMFILE, ENFILE,
   *     ENOMEM
   */
  public static Fd create(String name, long size) throws PosixException {
    Fd fd;
    try (Arena arena = Arena.ofConfined()) {
      long text = arena.allocateFrom(name).address();
      int number = Libc.checked(Libc.CALLS.memfd_create(text, MFD_CLOEXEC), "memfd_create");
      fd = Fd.owning(number);
    }
    try {
      resize(fd, size);
      return fd;
    } catch (PosixException e) {
      fd.close();
      throw e;
    }
  }

  /**
   * Changes the size of a file or memfd. After shrinking it, an access to a mapping beyond the new
   * end raises SIGBUS.
   *
   * @param size in bytes
   * @throws PosixException EBADF when it is closed; EINVAL, EFBIG and others of ftruncate(2)
   */
  public static void resize(Fd fd, long size) throws PosixException {
    int number = fd.hold("ftruncate");
    try {
      Libc.checked(Libc.CALLS.ftruncate(number, size), "ftruncate");
    } finally {
      fd.drop();
    }
  }
}
