package io.vsmmu.rest.web;

import io.vsmmu.rest.intake.ClientConnection;
import jakarta.servlet.ServletException;
import java.io.IOException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.coyote.ActionCode;

/**
 * Lets a request that takes long find out whether its client has closed the connection, which
 * Tomcat itself notices only when it writes the answer, and lets it close the connection.
 */
final class ClientConnectionValve extends ValveBase {

  ClientConnectionValve() {
    super(true);
  }

  @Override
  public void invoke(Request request, Response response) throws IOException, ServletException {
    org.apache.coyote.Request connection = request.getCoyoteRequest();
    ClientConnection.watched(
        request.getRequest(),
        () -> hasEnded(connection),
        reason -> connection.action(ActionCode.CLOSE_NOW, reason));
    PeerProcessor.describe(request);
    getNext().invoke(request, response);
  }

  /**
   * Reads twice, because the end of a connection is found by each read, the client's next request
   * by one read only.
   */
  private static boolean hasEnded(org.apache.coyote.Request connection) {
    if (!isReadable(connection)) {
      return false;
    }
    return isReadable(connection);
  }

  /**
   * Whether a non-blocking read finds something. Behind the end of a body that is the end of the
   * connection or the beginning of the client's next request.
   */
  private static boolean isReadable(org.apache.coyote.Request connection) {
    connection.action(ActionCode.AVAILABLE, true);
    return connection.getAvailable() > 0;
  }
}
