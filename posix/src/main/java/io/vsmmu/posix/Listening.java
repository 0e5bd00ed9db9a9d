package io.vsmmu.posix;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** A socket that connections are accepted from until it is closed. Thread-safe. */
public final class Listening implements AutoCloseable {

  private final UnixAcceptor acceptor;
  private final ListeningSocket socket;
  private final Consumer<UnixStream> accepted;
  private final AtomicBoolean closed = new AtomicBoolean();

  Listening(UnixAcceptor acceptor, ListeningSocket socket, Consumer<UnixStream> accepted) {
    this.acceptor = acceptor;
    this.socket = socket;
    this.accepted = accepted;
  }

  /** Where. */
  public Path path() {
    return socket.path();
  }

  ListeningSocket socket() {
    return socket;
  }

  Consumer<UnixStream> accepted() {
    return accepted;
  }

  /** Stops listening and removes the file. Does nothing the second time. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      socket.close();
      acceptor.forget(this);
    }
  }
}
