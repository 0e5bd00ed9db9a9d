package io.vsmmu.posix;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The socket on which a service manager hears of its service (sd_notify(3), systemd.service(5),
 * NotifyAccess=). Thread-safe: every message goes over a socket of its own.
 */
public final class NotifySocket {

  /** Names a socket that the service manager listens on. */
  public static final String VARIABLE = "NOTIFY_SOCKET";

  private static final char ABSTRACT = '@';

  private final String address;

  private NotifySocket(String address) {
    this.address = address;
  }

  /** The service manager's; empty when there is none, or at an address that is no Unix socket. */
  public static Optional<NotifySocket> of(Map<String, String> environment) {
    return Optional.ofNullable(environment.get(VARIABLE))
        .filter(name -> name.length() > 1 && (name.charAt(0) == '/' || name.charAt(0) == ABSTRACT))
        .map(NotifySocket::new);
  }

  /**
   * Sends one message.
   *
   * @param state lines such as {@code FDSTORE=1}
   * @param descriptors that go with it, at most {@link PosixLimits#DESCRIPTORS}; stay the caller's
   * @throws PosixException what connect(2) and sendmsg(2) say; EBADF for one that is closed
   */
  public void send(String state, List<Fd> descriptors) throws PosixException {
    byte[] bytes = state.getBytes(StandardCharsets.UTF_8);
    ByteBuffer message = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    try (UnixStream socket = connected()) {
      socket.send(message, descriptors);
    }
  }

  /**
   * Waits until everything that was sent before has been done (sd_notify_barrier(3)).
   *
   * @param milliseconds at most this long
   * @return false when the time is over
   * @throws PosixException as {@link #send}
   */
  public boolean barrier(int milliseconds) throws PosixException {
    UnixStream.Pair pair = UnixStream.pair();
    try (UnixStream ours = pair.first()) {
      // Not by closing the stream, which would end both directions for whoever has a copy too.
      try (Fd theirs = pair.second().fd()) {
        send("BARRIER=1", List.of(theirs));
      }
      return DeviceCalls.awaitReadable(ours.fd(), milliseconds) > 0;
    }
  }

  private UnixStream connected() throws PosixException {
    return address.charAt(0) == ABSTRACT
        ? UnixStream.datagramToAbstract(address.substring(1))
        : UnixStream.datagram(Path.of(address));
  }
}
