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
 * Reads what a request left of its body, so that its sender gets to see the answer, but no longer
 * than bodies are waited for: then the answer goes out and the connection ends. Tomcat itself would
 * wait for every single byte anew.
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

  /** Whether the body came to its end in time. */
  private boolean ended(Request request, Response response) throws IOException {
    // Who asks before sending has its answer: no body comes.
    boolean asked = request.getHeader("Expect") != null && response.getStatus() >= REFUSALS;
    if (bodyless(request) || asked) {
      return true;
    }
    BodyPace pace = new BodyPace(limits, System::nanoTime);
    // Below the stream of the request, which who read it may have closed.
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
      // Tomcat has refused the request for it and ends the connection.
      return true;
    }
  }

  /** Takes bytes that nobody wants. */
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
      // Nothing is kept.
    }
  }
}
