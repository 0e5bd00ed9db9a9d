package io.vsmmu.posix;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/** Lets this process become another program: execvp(3). Its process id stays what it is. */
public final class ProcessImage {

  /** The same on all machines since Linux 5.9; the C library has a name for it only lately. */
  private static final long CLOSE_RANGE = 436;

  private static final long CLOSE_RANGE_CLOEXEC = 4;
  private static final long FIRST_OF_OURS = 3;
  private static final long LAST_DESCRIPTOR = 0xFFFF_FFFFL;

  /** asm-generic/ioctls.h: the descriptor stays open over execve(2). */
  private static final int FIONCLEX = 0x5450;

  private static final int SIG_SETMASK = 2;

  /** Bytes of the C library's sigset_t. */
  private static final long SIGNAL_SET = 128;

  private ProcessImage() {}

  /**
   * Replaces the program. Standard input, output and error and the given descriptors stay open
   * under their numbers, every other one is closed. Signals are as a shell would leave them: the
   * virtual machine blocks some in its threads, and a blocked signal stays blocked in a new
   * program. Returns only by failing.
   *
   * @param command the program, looked for on the PATH unless it has a slash, and its arguments
   * @param inherited what the program gets
   * @throws PosixException ENOENT no such program, EACCES it may not be run, ENOEXEC, E2BIG; ENOSYS
   *     before Linux 5.11. Every descriptor but the inherited ones is close-on-exec from here on
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
      Libc.checked(
          (int)
              Libc.CALLS.syscall(CLOSE_RANGE, FIRST_OF_OURS, LAST_DESCRIPTOR, CLOSE_RANGE_CLOEXEC),
          "close_range");
      for (Fd fd : inherited) {
        int result = DeviceCalls.ioctl(fd, FIONCLEX, 0);
        if (result < 0) {
          throw new PosixException("ioctl(FIONCLEX)", -result);
        }
      }
      Libc.CALLS.pthread_sigmask(SIG_SETMASK, noSignals.address(), old.address());
      Libc.CALLS.execvp(
          arguments.getAtIndex(ValueLayout.ADDRESS, 0).address(), arguments.address());
      int errno = Libc.errno();
      Libc.CALLS.pthread_sigmask(SIG_SETMASK, old.address(), 0);
      throw new PosixException("execvp", errno);
    }
  }
}
