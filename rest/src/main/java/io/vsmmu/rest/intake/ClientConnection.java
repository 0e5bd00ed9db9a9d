package io.vsmmu.rest.intake;

import jakarta.servlet.ServletRequest;
import java.util.function.BooleanSupplier;

/** Finds out whether the client of a request still waits for its answer. */
public final class ClientConnection {

  private static final String LOOK = ClientConnection.class.getName();
  private static final String CLOSED = LOOK + ".closed";

  private ClientConnection() {}

  /**
   * Sets how {@link #isClosed} finds out.
   *
   * @param closed true if the client has closed its side; called by the request's own thread, after
   *     the end of the body was read
   */
  public static void watched(ServletRequest request, BooleanSupplier closed) {
    request.setAttribute(LOOK, closed);
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
