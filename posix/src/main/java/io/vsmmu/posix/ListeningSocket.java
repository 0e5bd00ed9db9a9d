package io.vsmmu.posix;

import java.lang.foreign.Arena;
import java.nio.file.Path;

/**
 * A listening socket and its file.
 *
 * @param file what was bound, so that nobody else's file is removed
 */
record ListeningSocket(Fd fd, Path path, FileStatus file) implements AutoCloseable {

  private static final int SOCK_NONBLOCK = 0x800;
  private static final int SOCK_CLOEXEC = 0x80000;

  /** Binds, sets the mode, then listens: before that, connecting is refused. */
  static ListeningSocket open(Path path, int mode) throws PosixException {
    Fd fd = UnixStream.socket(SOCK_NONBLOCK);
    try {
      bind(fd, path);
      return listening(fd, path, mode);
    } catch (PosixException e) {
      fd.close();
      throw e;
    }
  }

  private static ListeningSocket listening(Fd fd, Path path, int mode) throws PosixException {
    try (Arena arena = Arena.ofConfined()) {
      long name = arena.allocateFrom(path.toString()).address();
      ListeningSocket socket = new ListeningSocket(fd, path, FileStatus.of(path.toString()));
      try {
        Libc.checked(Libc.CALLS.chmod(name, mode), "chmod");
        Libc.checked(Libc.CALLS.listen(fd.number(), PosixLimits.BACKLOG), "listen");
      } catch (PosixException e) {
        socket.close();
        throw e;
      }
      return socket;
    }
  }

  private static void bind(Fd fd, Path path) throws PosixException {
    try (Arena arena = Arena.ofConfined()) {
      SocketAddress address = SocketAddress.of(path, arena);
      if (bound(fd, address)) {
        return;
      }
      removeStale(path);
      if (!bound(fd, address)) {
        throw new PosixException("bind", Errno.EADDRINUSE);
      }
    }
  }

  private static boolean bound(Fd fd, SocketAddress address) throws PosixException {
    if (Libc.CALLS.bind(fd.number(), address.address(), address.length()) == 0) {
      return true;
    }
    PosixException failure = Libc.failure("bind");
    if (failure.errno() == Errno.EADDRINUSE) {
      return false;
    }
    throw failure;
  }

  private static void removeStale(Path path) throws PosixException {
    if (!FileStatus.of(path.toString()).socket()) {
      throw new PosixException("bind", Errno.EEXIST);
    }
    try (Fd probe = UnixStream.socket(SOCK_NONBLOCK)) {
      UnixStream.connect(probe, path);
    } catch (PosixException e) {
      if (e.errno() == Errno.ECONNREFUSED) {
        unlink(path);
        return;
      }
    }
    throw new PosixException("bind", Errno.EADDRINUSE);
  }

  private static void unlink(Path path) throws PosixException {
    try (Arena arena = Arena.ofConfined()) {
      Libc.checked(Libc.CALLS.unlink(arena.allocateFrom(path.toString()).address()), "unlink");
    }
  }

  /**
   * Accepts a connection that waits.
   *
   * @return its descriptor, or the negated errno
   */
  int accept() {
    int number;
    try {
      number = fd.hold("accept4");
    } catch (PosixException closed) {
      return -closed.errno();
    }
    try {
      int accepted = Libc.CALLS.accept4(number, 0, 0, SOCK_CLOEXEC);
      return accepted >= 0 ? accepted : -Libc.errno();
    } finally {
      fd.drop();
    }
  }

  /** Removes the file while it is still ours, and closes. */
  @Override
  public void close() {
    try {
      if (FileStatus.of(path.toString()).sameFileAs(file)) {
        unlink(path);
      }
    } catch (PosixException gone) {
      // Somebody else removed it: nothing is left to do.
    } finally {
      fd.close();
    }
  }
}
