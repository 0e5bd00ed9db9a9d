package io.vsmmu.posix;

import java.lang.foreign.Arena;
import java.nio.file.Path;

/**
 * A listening, non-blocking Unix socket and its file.
 *
 * @param file status of the file after bind(2); at the end the file is removed only if it is still
 *     this one
 */
record ListeningSocket(Fd fd, Path path, FileStatus file) implements AutoCloseable {

  private static final int SOCK_NONBLOCK = 0x800;
  private static final int SOCK_CLOEXEC = 0x80000;

  /**
   * Binds a socket, sets the mode of its file, and then listens. A client that connects before
   * listen(2) is refused, so that none can connect while the file has another mode.
   *
   * @param mode permissions of the file
   * @throws PosixException as {@link UnixAcceptor#listen}
   */
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

  /** Removes a socket file on which no process listens, which a killed process has left. */
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
   * Accepts one pending connection; does not block.
   *
   * @return its descriptor, or the negated errno: -EAGAIN when no connection is pending, -EBADF
   *     when this socket is closed
   */
  int accept() {
    int number;
    try {
      number = fd.hold("accept4");
    } catch (PosixException closed) {
      return -closed.errno().number();
    }
    try {
      int accepted = Libc.CALLS.accept4(number, 0, 0, SOCK_CLOEXEC);
      return accepted >= 0 ? accepted : -Libc.errno();
    } finally {
      fd.drop();
    }
  }

  /** Closes the socket, and removes its file unless the path names another file by now. */
  @Override
  public void close() {
    try {
      if (FileStatus.of(path.toString()).sameFileAs(file)) {
        unlink(path);
      }
    } catch (PosixException gone) {
      // The file was removed by another process: nothing is left to do.
    } finally {
      fd.close();
    }
  }
}
