package io.vsmmu.posix;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The kernel's form of a Unix socket's path (struct sockaddr_un). */
record SocketAddress(MemorySegment bytes, int length) {

  static final int AF_UNIX = 1;

  private static final int PATH = 2;
  private static final int SIZE = 110;

  /**
   * Lays a path out.
   *
   * @throws PosixException ENAMETOOLONG beyond {@link PosixLimits#SOCKET_PATH}; EINVAL for none
   */
  static SocketAddress of(Path path, Arena arena) throws PosixException {
    byte[] name = path.toString().getBytes(StandardCharsets.UTF_8);
    if (name.length > PosixLimits.SOCKET_PATH) {
      throw new PosixException("socket path", Errno.ENAMETOOLONG);
    }
    // An empty path would be a name in the abstract space.
    if (name.length == 0) {
      throw new PosixException("socket path", Errno.EINVAL);
    }
    MemorySegment bytes = arena.allocate(SIZE, Short.BYTES);
    bytes.set(ValueLayout.JAVA_SHORT, 0, (short) AF_UNIX);
    MemorySegment.copy(name, 0, bytes, ValueLayout.JAVA_BYTE, PATH, name.length);
    return new SocketAddress(bytes, SIZE);
  }

  /**
   * Lays a name in the abstract space out: one that begins with a zero byte and ends with its last.
   *
   * @throws PosixException ENAMETOOLONG beyond {@link PosixLimits#SOCKET_PATH}
   */
  static SocketAddress ofAbstract(String text, Arena arena) throws PosixException {
    byte[] name = text.getBytes(StandardCharsets.UTF_8);
    if (name.length > PosixLimits.SOCKET_PATH) {
      throw new PosixException("socket name", Errno.ENAMETOOLONG);
    }
    MemorySegment bytes = arena.allocate(SIZE, Short.BYTES);
    bytes.set(ValueLayout.JAVA_SHORT, 0, (short) AF_UNIX);
    MemorySegment.copy(name, 0, bytes, ValueLayout.JAVA_BYTE, PATH + 1L, name.length);
    return new SocketAddress(bytes, PATH + 1 + name.length);
  }

  long address() {
    return bytes.address();
  }
}
