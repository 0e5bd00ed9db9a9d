package io.vsmmu.posix;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** A socket on which a {@link UnixAcceptor} accepts connections until it is closed. Thread-safe. */
public final class SocketListener implements AutoCloseable {

  private final UnixAcceptor acceptor;
  private final ListeningSocket socket;
  private final Consumer<UnixStream> accepted;
  private final AtomicBoolean closed = new AtomicBoolean();

  SocketListener(UnixAcceptor acceptor, ListeningSocket socket, Consumer<UnixStream> accepted) {
    this.acceptor = acceptor;
    this.socket = socket;
    this.accepted = accepted;
  }

  public Path path() {
    return socket.path();
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
      socket.close();
      acceptor.forget(this);
    }
  }
}
