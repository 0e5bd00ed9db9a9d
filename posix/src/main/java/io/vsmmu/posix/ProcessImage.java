package io.vsmmu.posix;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/** Replaces the program of this process by another one, which keeps the process id: execvp(3). */
public final class ProcessImage {

  /**
   * System call number of close_range(2), the same on every architecture; since Linux 5.9. Older C
   * libraries have no function for it.
   */
  private static final long CLOSE_RANGE = 436;

  private static final long CLOSE_RANGE_CLOEXEC = 4;

  /** The first descriptor after standard input, output and error. */
  private static final long FIRST_OTHER = 3;

  private static final long LAST_DESCRIPTOR = 0xFFFF_FFFFL;

  /** Clears close-on-exec of a descriptor (asm-generic/ioctls.h). */
  private static final int FIONCLEX = 0x5450;

  private static final int SIG_SETMASK = 2;

  /** Size of the C library's sigset_t in bytes. */
  private static final long SIGNAL_SET = 128;

  private ProcessImage() {}

  /**
   * Replaces the program; does not return unless it fails. Standard input, output and error and the
   * inherited descriptors stay open under their numbers, and every other descriptor is closed. No
   * signal is blocked in the new program: the Java virtual machine blocks some in its threads, and
   * execve(2) would preserve that.
   *
   * @param command name of the program, which is searched on the PATH unless it contains a slash,
   *     and its arguments
   * @param inherited descriptors that the new program inherits
   * @throws PosixException ENOENT when there is no such program; EACCES when it must not be
   *     executed; ENOEXEC, E2BIG and others of execve(2); ENOSYS before Linux 5.9, EINVAL before
   *     5.11, which have no CLOSE_RANGE_CLOEXEC. After a failure every descriptor except the
   *     inherited ones is close-on-exec
   */
  public static void replace(List<String> command, List<Fd> inherited) throws PosixException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment arguments = arena.allocate(ValueLayout.ADDRESS, command.size() + 1L);
      for (int i = 0; i < command.size(); i++) {
        arguments.setAtIndex(ValueLayout.ADDRESS, i, arena.allocateFrom(command.get(i)));
      }
      arguments.setAtIndex(ValueLayout.ADDRESS, command.size(), MemorySegment.NULL);
      MemorySegment noSignals = arena.allocate(SIGNAL_SET, Long.BYTES);
      MemorySegment old = arena.allocate(SIGNAL_SET, Long.BYTES);
      // The virtual machine opens archives of classes without close-on-exec. The first round loads
      // every class that the calls need, so that nothing is opened after the second close_range.
      inheritOnly(inherited);
      Libc.CALLS.execvp(arena.allocateFrom("").address(), arguments.address());
      inheritOnly(inherited);
      Libc.CALLS.pthread_sigmask(SIG_SETMASK, noSignals.address(), old.address());
      Libc.CALLS.execvp(
          arguments.getAtIndex(ValueLayout.ADDRESS, 0).address(), arguments.address());
      int errno = Libc.errno();
      Libc.CALLS.pthread_sigmask(SIG_SETMASK, old.address(), 0);
      throw new PosixException("execvp", errno);
    }
  }

  /** Sets close-on-exec of every descriptor from 3 on, and clears that of the inherited ones. */
  private static void inheritOnly(List<Fd> inherited) throws PosixException {
    Libc.checked(
        (int) Libc.CALLS.syscall(CLOSE_RANGE, FIRST_OTHER, LAST_DESCRIPTOR, CLOSE_RANGE_CLOEXEC),
        "close_range");
    for (Fd fd : inherited) {
      int result = DeviceCalls.ioctl(fd, FIONCLEX, 0);
      if (result < 0) {
        throw new PosixException("ioctl(FIONCLEX)", -result);
      }
    }
  }
}
