package io.vsmmu.rest.web;

import io.vsmmu.rest.intake.BodyPace;
import io.vsmmu.rest.problem.BodyTooSlowException;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.coyote.ActionCode;
import org.apache.tomcat.util.net.ApplicationBufferHandler;
import org.jspecify.annotations.Nullable;

/**
 * Reads the rest of a body that the application has not read, because a client that is still
 * sending does not read the answer. A body that is slower than {@link BodyPace} allows is not read
 * to its end: the answer is sent and the connection is closed. Tomcat's own limit begins again with
 * every byte.
 */
final class BodyEndValve extends ValveBase {

  private static final int REFUSALS = 300;

  private final BodyPace.PaceLimits limits;

  BodyEndValve(BodyPace.PaceLimits limits) {
    super(true);
    this.limits = limits;
  }

  @Override
  public void invoke(Request request, Response response) throws IOException, ServletException {
    getNext().invoke(request, response);
    if (!request.isAsync() && !ended(request, response)) {
      response.finishResponse();
      request.getCoyoteRequest().action(ActionCode.CLOSE_NOW, null);
    }
  }

  /** Reads the body to its end; returns whether it was received in time. */
  private boolean ended(Request request, Response response) throws IOException {
    // A client that sent Expect and was refused sends no body (RFC 9110, 10.1.1).
    boolean asked = request.getHeader("Expect") != null && response.getStatus() >= REFUSALS;
    if (bodyless(request) || asked) {
      return true;
    }
    BodyPace pace = new BodyPace(limits, System::nanoTime);
    // Reads below the request's stream, which the application may have closed.
    Rest rest = new Rest();
    try {
      int length = 0;
      while (length >= 0) {
        length = pace.read(() -> request.getCoyoteRequest().doRead(rest));
      }
      return true;
    } catch (BodyTooSlowException slow) {
      return false;
    } catch (IOException gone) {
      return true;
    }
  }

  private static boolean bodyless(Request request) {
    try {
      return request.getContentLengthLong() <= 0 && request.getHeader("Transfer-Encoding") == null;
    } catch (NumberFormatException noLength) {
      // Tomcat has refused the request for its length and closes the connection.
      return true;
    }
  }

  /** Discards the bytes that are read. */
  private static final class Rest implements ApplicationBufferHandler {

    private @Nullable ByteBuffer buffer;

    @Override
    public void setByteBuffer(@Nullable ByteBuffer next) {
      buffer = next;
    }

    @Override
    public @Nullable ByteBuffer getByteBuffer() {
      return buffer;
    }

    @Override
    public void expand(int size) {
      // Each piece is discarded, so that no room is needed.
    }
  }
}
