package io.vsmmu.posix;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Address of a Unix socket as a struct sockaddr_un.
 *
 * @param bytes the structure
 * @param length of the address in bytes, for bind(2) and connect(2)
 */
record SocketAddress(MemorySegment bytes, int length) {

  static final int AF_UNIX = 1;

  private static final int PATH = 2;
  private static final int SIZE = 110;

  /**
   * Address of a socket file.
   *
   * @throws PosixException ENAMETOOLONG when the path is longer than {@link
   *     PosixLimits#SOCKET_PATH}; EINVAL when it is empty
   */
  static SocketAddress of(Path path, Arena arena) throws PosixException {
    byte[] name = path.toString().getBytes(StandardCharsets.UTF_8);
    if (name.length > PosixLimits.SOCKET_PATH) {
      throw new PosixException("socket path", Errno.ENAMETOOLONG);
    }
    // An empty path would be an address in the abstract namespace.
    if (name.length == 0) {
      throw new PosixException("socket path", Errno.EINVAL);
    }
    MemorySegment bytes = arena.allocate(SIZE, Short.BYTES);
    bytes.set(ValueLayout.JAVA_SHORT, 0, (short) AF_UNIX);
    MemorySegment.copy(name, 0, bytes, ValueLayout.JAVA_BYTE, PATH, name.length);
    return new SocketAddress(bytes, SIZE);
  }

  /**
   * Address in the abstract namespace (unix(7)): a zero byte, then the name, whose end is given by
   * the length of the address only.
   *
   * @param text the name without the zero byte
   * @throws PosixException ENAMETOOLONG when it is longer than {@link PosixLimits#SOCKET_PATH}
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
