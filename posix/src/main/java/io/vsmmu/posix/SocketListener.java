package io.vsmmu.posix;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** A socket on which a {@link UnixAcceptor} accepts connections until it is closed. Thread-safe. */
public final class SocketListener implements AutoCloseable {

  private final UnixAcceptor acceptor;
  private final long token;
  private final ListeningSocket socket;
  private final Consumer<UnixStream> accepted;
  private final AtomicBoolean closed = new AtomicBoolean();

  /**
   * @param token identifies the socket among those of the acceptor
   */
  SocketListener(
      UnixAcceptor acceptor, long token, ListeningSocket socket, Consumer<UnixStream> accepted) {
    this.acceptor = acceptor;
    this.token = token;
    this.socket = socket;
    this.accepted = accepted;
  }

  public Path path() {
    return socket.path();
  }

  long token() {
    return token;
  }

  ListeningSocket socket() {
    return socket;
  }

  Consumer<UnixStream> accepted() {
    return accepted;
  }

  /**
   * Stops listening and removes the file; accepted connections stay open. Closing again does
   * nothing.
   */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      acceptor.forget(this);
      socket.close();
    }
  }
}
