package io.vsmmu.posix;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Status of a file from statx(2), whose structure, unlike that of stat(2), is the same on every
 * architecture (include/uapi/linux/stat.h).
 *
 * @param mode file type and permissions, {@code stx_mode}
 * @param size in bytes
 * @param inode number on its device
 * @param device number of the device with the file: major in the upper 32 bits, minor in the lower
 * @param special number of the device that a device file represents, likewise; else 0
 * @param born time of creation in nanoseconds since 1970, 0 if the file system does not record it.
 *     It distinguishes a file from an earlier one with the same inode number.
 */
record FileStatus(int mode, long size, long inode, long device, long special, long born) {

  private static final int AT_FDCWD = -100;
  private static final int AT_SYMLINK_NOFOLLOW = 0x100;
  private static final int AT_EMPTY_PATH = 0x1000;
  private static final int STATX_BASIC_STATS_AND_BIRTH = 0xfff;
  private static final int STATX_SIZE = 256;

  private static final int MODE = 28;
  private static final int INODE = 32;
  private static final int SIZE = 40;
  private static final int BORN_SECONDS = 80;
  private static final int BORN_NANOS = 88;
  private static final int SPECIAL_MAJOR = 128;
  private static final int SPECIAL_MINOR = 132;
  private static final int DEVICE_MAJOR = 136;
  private static final int DEVICE_MINOR = 140;

  private static final int S_IFMT = 0xf000;
  private static final int S_IFCHR = 0x2000;
  private static final int S_IFREG = 0x8000;
  private static final int S_IFSOCK = 0xc000;

  /**
   * Status of the file that a descriptor refers to.
   *
   * @throws PosixException EBADF when it is closed; other errors of statx(2)
   */
  static FileStatus of(Fd fd) throws PosixException {
    int number = fd.hold("statx");
    try {
      return of(number, "", AT_EMPTY_PATH);
    } finally {
      fd.drop();
    }
  }

  /**
   * Status of the file at a path; a symbolic link is not followed.
   *
   * @throws PosixException ENOENT when there is none; other errors of statx(2)
   */
  static FileStatus of(String path) throws PosixException {
    return of(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW);
  }

  private static FileStatus of(int directory, String path, int flags) throws PosixException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment status = arena.allocate(STATX_SIZE, Long.BYTES);
      long name = arena.allocateFrom(path).address();
      Libc.checked(
          Libc.CALLS.statx(directory, name, flags, STATX_BASIC_STATS_AND_BIRTH, status.address()),
          "statx");
      return new FileStatus(
          Short.toUnsignedInt(status.get(ValueLayout.JAVA_SHORT, MODE)),
          status.get(ValueLayout.JAVA_LONG, SIZE),
          status.get(ValueLayout.JAVA_LONG, INODE),
          pair(status, DEVICE_MAJOR, DEVICE_MINOR),
          pair(status, SPECIAL_MAJOR, SPECIAL_MINOR),
          status.get(ValueLayout.JAVA_LONG, BORN_SECONDS) * 1_000_000_000
              + status.get(ValueLayout.JAVA_INT, BORN_NANOS));
    }
  }

  private static long pair(MemorySegment status, int major, int minor) {
    return (long) status.get(ValueLayout.JAVA_INT, major) << 32
        | Integer.toUnsignedLong(status.get(ValueLayout.JAVA_INT, minor));
  }

  boolean characterDevice() {
    return (mode & S_IFMT) == S_IFCHR;
  }

  boolean regular() {
    return (mode & S_IFMT) == S_IFREG;
  }

  boolean socket() {
    return (mode & S_IFMT) == S_IFSOCK;
  }

  boolean sameFileAs(FileStatus other) {
    return inode == other.inode && device == other.device && born == other.born;
  }
}
