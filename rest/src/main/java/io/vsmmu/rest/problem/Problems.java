package io.vsmmu.rest.problem;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import tools.jackson.databind.json.JsonMapper;

/** BuildAnswers failed requests with problem details, for controllers and for filters. */
@Component
@RestControllerAdvice
public class Problems {

  /** The request attribute that holds the detail of the problem, for the audit log. */
  public static final String DETAIL_ATTRIBUTE = Problems.class.getName() + ".detail";

  /** The value of {@code Retry-After}, in seconds, of an answer with status 429 or 503. */
  public static final int RETRY_SECONDS = 1;

  private static final Logger LOGGER = System.getLogger(Problems.class.getName());

  private final JsonMapper json;

  Problems(JsonMapper json) {
    this.json = json;
  }

  @ExceptionHandler(Exception.class)
  ResponseEntity<ProblemResource> handle(
      Exception failure, HttpServletRequest request, HttpServletResponse response)
      throws Exception {
    if (response.isCommitted()) {
      // A part of the answer was sent: the connection must be closed, or the answer would look
      // complete.
      throw failure;
    }
    ProblemResource problem = problem(failure, request);
    HttpHeaders headers = new HttpHeaders();
    if (failure instanceof ErrorResponse standard) {
      headers.addAll(standard.getHeaders());
    }
    if (mayBeRepeated(problem)) {
      headers.set(HttpHeaders.RETRY_AFTER, String.valueOf(RETRY_SECONDS));
    }
    headers.setContentType(MediaType.APPLICATION_PROBLEM_JSON);
    response.resetBuffer();
    return ResponseEntity.status(problem.status()).headers(headers).body(problem);
  }

  /**
   * BuildAnswers with a problem detail from a filter, which Spring's handlers of exceptions do not
   * see.
   */
  public void write(Throwable failure, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    write(problem(failure, request), response);
  }

  void write(ProblemResource problem, HttpServletResponse response) throws IOException {
    response.setStatus(problem.status());
    response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
    if (mayBeRepeated(problem) && !response.containsHeader(HttpHeaders.RETRY_AFTER)) {
      response.setHeader(HttpHeaders.RETRY_AFTER, String.valueOf(RETRY_SECONDS));
    }
    response.getOutputStream().write(json.writeValueAsBytes(problem));
  }

  /** Whether the same request may succeed later, when the limit is no longer reached. */
  private static boolean mayBeRepeated(ProblemResource problem) {
    return problem.status() == HttpServletResponse.SC_SERVICE_UNAVAILABLE
        || problem.status() == ProblemType.TOO_MANY_REQUESTS.status();
  }

  /** The problem detail of a failure, for an answer that contains it. */
  public static ProblemResource problem(Throwable failure, HttpServletRequest request) {
    ProblemException translated = Translation.of(failure);
    if (translated.type() == ProblemType.INTERNAL_ERROR) {
      LOGGER.log(Level.ERROR, request.getMethod() + " " + request.getRequestURI(), failure);
    }
    request.setAttribute(DETAIL_ATTRIBUTE, translated.detail());
    return ProblemResource.of(translated, request.getRequestURI());
  }
}
