package io.vsmmu.posix;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Sends notifications to the service manager that started this process (sd_notify(3); systemd
 * accepts them according to NotifyAccess= in systemd.service(5)). Thread-safe: every message is
 * sent on a new socket.
 */
public final class NotifySocket {

  /** Environment variable with the address of the service manager's socket. */
  public static final String VARIABLE = "NOTIFY_SOCKET";

  private static final char ABSTRACT = '@';

  private final String address;

  private NotifySocket(String address) {
    this.address = address;
  }

  /**
   * The service manager's socket; empty when {@link #VARIABLE} is not set or is no address of a
   * Unix socket (a path, or a name in the abstract namespace after an {@code @}).
   */
  public static Optional<NotifySocket> of(Map<String, String> environment) {
    return Optional.ofNullable(environment.get(VARIABLE))
        .filter(name -> name.length() > 1 && (name.charAt(0) == '/' || name.charAt(0) == ABSTRACT))
        .map(NotifySocket::new);
  }

  /**
   * Sends one message.
   *
   * @param state assignments such as {@code FDSTORE=1}, one a line
   * @param descriptors to send with it, at most {@link PosixLimits#DESCRIPTORS}; the caller still
   *     closes them
   * @throws PosixException errors of connect(2) and sendmsg(2); EBADF for a descriptor that is
   *     closed
   */
  public void send(String state, List<Fd> descriptors) throws PosixException {
    byte[] bytes = state.getBytes(StandardCharsets.UTF_8);
    ByteBuffer message = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    try (UnixStream socket = connected()) {
      socket.send(message, descriptors);
    }
  }

  /**
   * Waits until the service manager has processed every message sent before (sd_notify_barrier(3)).
   *
   * @param milliseconds timeout
   * @return false after the timeout
   * @throws PosixException as {@link #send}
   */
  public boolean barrier(int milliseconds) throws PosixException {
    UnixStream.Pair pair = UnixStream.pair();
    try (UnixStream waiting = pair.first()) {
      // Only the descriptor is closed: closing the stream would also shut down the copy of it that
      // the service manager has received.
      try (Fd sent = pair.second().fd()) {
        send("BARRIER=1", List.of(sent));
      }
      return DeviceCalls.awaitReadable(waiting.fd(), milliseconds) > 0;
    }
  }

  private UnixStream connected() throws PosixException {
    return address.charAt(0) == ABSTRACT
        ? UnixStream.datagramToAbstract(address.substring(1))
        : UnixStream.datagram(Path.of(address));
  }
}
