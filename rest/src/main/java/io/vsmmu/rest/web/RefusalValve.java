package io.vsmmu.rest.web;

import io.vsmmu.rest.problem.ProblemResource;
import io.vsmmu.rest.problem.ProblemType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import tools.jackson.databind.json.JsonMapper;

/**
 * BuildAnswers requests that Tomcat refuses by itself, for instance one whose line has characters
 * that no URL has. Tomcat creates the valve by the name of its class.
 */
public final class RefusalValve extends ErrorReportValve {

  private static final int SERVER_ERRORS = 500;

  /**
   * The client's fault although the status is a server's: an unknown transfer coding (501) or
   * version of HTTP (505).
   */
  private static final Set<Integer> NOT_SPOKEN = Set.of(501, 505);

  private static ProblemResource problem(int status) {
    if (status == ProblemType.BODY_TOO_SLOW.status()) {
      return ProblemResource.refusal(
          ProblemType.BODY_TOO_SLOW, status, "Nothing more of it was received in time");
    }
    ProblemType type =
        status < SERVER_ERRORS || NOT_SPOKEN.contains(status)
            ? ProblemType.BAD_REQUEST
            : ProblemType.INTERNAL_ERROR;
    return ProblemResource.refusal(
        type, status, "The request line, a header or the path is malformed");
  }

  @Override
  protected void report(Request request, Response response, Throwable failure) {
    if (response.getStatus() < ProblemType.BAD_REQUEST.status()
        || response.getContentWritten() > 0
        || !response.setErrorReported()) {
      return;
    }
    ProblemResource problem = problem(response.getStatus());
    try {
      response.setContentType("application/problem+json");
      response
          .getOutputStream()
          .write(JsonMapper.shared().writeValueAsString(problem).getBytes(StandardCharsets.UTF_8));
      response.finishResponse();
    } catch (IOException gone) {
      container.getLogger().debug("The client is gone", gone);
    }
  }
}
