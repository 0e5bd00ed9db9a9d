package io.vsmmu.posix;

import java.lang.foreign.Arena;

/** Memory that has a descriptor and no name: what guest RAM is made of. */
public final class Memfd {

  private static final int MFD_CLOEXEC = 1;

  private Memfd() {}

  /**
   * Makes one. Its pages cost nothing until they are written.
   *
   * @param name for /proc only, at most 249 bytes
   * @param size bytes
   * @throws PosixException when the kernel refuses name or size
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
   * Makes it longer or shorter. An access to a mapping of what is cut off faults.
   *
   * @param size bytes
   * @throws PosixException when the kernel refuses
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
