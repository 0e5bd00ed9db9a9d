package io.vsmmu.rest.web;

import io.vsmmu.rest.intake.ClientConnection;
import jakarta.servlet.ServletException;
import java.io.IOException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.coyote.ActionCode;

/**
 * Lets a request that takes long ask whether its client is still there: Tomcat itself finds out
 * when it writes the answer.
 */
final class ClientConnectionValve extends ValveBase {

  ClientConnectionValve() {
    super(true);
  }

  @Override
  public void invoke(Request request, Response response) throws IOException, ServletException {
    org.apache.coyote.Request connection = request.getCoyoteRequest();
    ClientConnection.watched(request.getRequest(), () -> hasEnded(connection));
    getNext().invoke(request, response);
  }

  /** The end of a connection is found as often as one looks, a client's next request once. */
  private static boolean hasEnded(org.apache.coyote.Request connection) {
    if (!isReadable(connection)) {
      return false;
    }
    return isReadable(connection);
  }

  /**
   * Whether a read that does not wait finds something. Behind the end of a body that is the end of
   * the connection, or once the beginning of the client's next request.
   */
  private static boolean isReadable(org.apache.coyote.Request connection) {
    connection.action(ActionCode.AVAILABLE, true);
    return connection.getAvailable() > 0;
  }
}
