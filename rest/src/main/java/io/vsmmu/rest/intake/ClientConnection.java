package io.vsmmu.rest.intake;

import jakarta.servlet.ServletRequest;
import java.util.function.BooleanSupplier;

/** Whether the client of a request still waits for its answer. */
public final class ClientConnection {

  private static final String LOOK = ClientConnection.class.getName();
  private static final String CLOSED = LOOK + ".closed";

  private ClientConnection() {}

  /**
   * Says how to find out.
   *
   * @param closed true when the client has closed its side; for the request's own thread, behind
   *     the end of the body
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

  /** Whether it was seen that the client has closed the connection. */
  static boolean isFoundClosed(ServletRequest request) {
    return request.getAttribute(CLOSED) != null;
  }
}
