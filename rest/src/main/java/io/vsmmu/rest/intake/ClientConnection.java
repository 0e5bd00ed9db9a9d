package io.vsmmu.rest.intake;

import jakarta.servlet.ServletRequest;
import java.io.IOException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** The connection of a request: whether its client still waits for the answer, and its end. */
public final class ClientConnection {

  private static final String LOOK = ClientConnection.class.getName();
  private static final String CLOSED = LOOK + ".closed";
  private static final String CLOSE = LOOK + ".close";

  private ClientConnection() {}

  /**
   * Sets how {@link #isClosed} finds out and {@link #close} closes.
   *
   * @param closed true if the client has closed its side; called by the request's own thread, after
   *     the end of the body was read
   * @param close closes it at once, because of what is given
   */
  public static void watched(
      ServletRequest request, BooleanSupplier closed, Consumer<IOException> close) {
    request.setAttribute(LOOK, closed);
    request.setAttribute(CLOSE, new Closing(close));
  }

  /** So that it can be found again in an attribute. */
  private record Closing(Consumer<IOException> close) {}

  /**
   * Closes the connection at once, although the answer is not complete. Also a request that is
   * answered by a thread of its own ends by that, as when a write to its connection fails.
   */
  static void close(ServletRequest request, IOException reason) {
    if (request.getAttribute(CLOSE) instanceof Closing closing) {
      closing.close().accept(reason);
    }
  }

  /** Whether the client has closed the connection, see {@link #watched}. */
  public static boolean isClosed(ServletRequest request) {
    boolean closed =
        isFoundClosed(request)
            || (request.getAttribute(LOOK) instanceof BooleanSupplier look && look.getAsBoolean());
    if (closed) {
      request.setAttribute(CLOSED, true);
    }
    return closed;
  }

  /** Whether {@link #isClosed} has found the connection closed before; does not read. */
  static boolean isFoundClosed(ServletRequest request) {
    return request.getAttribute(CLOSED) != null;
  }
}
