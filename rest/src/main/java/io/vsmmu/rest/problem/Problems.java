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

/** Turns failures into problem details, inside controllers and in front of them. */
@Component
@RestControllerAdvice
public class Problems {

  /** Request attribute with the detail of the problem that a request ended in. */
  public static final String DETAIL_ATTRIBUTE = Problems.class.getName() + ".detail";

  /** Seconds after which to try again what was refused for lack of room. */
  public static final int RETRY_SECONDS = 1;

  private static final Logger LOGGER = System.getLogger(Problems.class.getName());

  private final JsonMapper json;

  Problems(JsonMapper json) {
    this.json = json;
  }

  /** The answer to a failed request. */
  @ExceptionHandler(Exception.class)
  ResponseEntity<ProblemResource> handle(
      Exception failure, HttpServletRequest request, HttpServletResponse response)
      throws Exception {
    if (response.isCommitted()) {
      // Half an answer is out: the connection has to break, or it would look whole.
      throw failure;
    }
    ProblemResource problem = problem(failure, request);
    HttpHeaders headers = new HttpHeaders();
    if (failure instanceof ErrorResponse standard) {
      headers.addAll(standard.getHeaders());
    }
    if (problem.status() == HttpServletResponse.SC_SERVICE_UNAVAILABLE) {
      headers.set(HttpHeaders.RETRY_AFTER, String.valueOf(RETRY_SECONDS));
    }
    headers.setContentType(MediaType.APPLICATION_PROBLEM_JSON);
    response.resetBuffer();
    return ResponseEntity.status(problem.status()).headers(headers).body(problem);
  }

  /** Answers with a problem detail from a filter. */
  public void write(Throwable failure, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    write(problem(failure, request), response);
  }

  void write(ProblemResource problem, HttpServletResponse response) throws IOException {
    response.setStatus(problem.status());
    response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
    if (problem.status() == HttpServletResponse.SC_SERVICE_UNAVAILABLE) {
      response.setHeader(HttpHeaders.RETRY_AFTER, String.valueOf(RETRY_SECONDS));
    }
    response.getOutputStream().write(json.writeValueAsBytes(problem));
  }

  private static ProblemResource problem(Throwable failure, HttpServletRequest request) {
    ProblemException translated = Translation.of(failure);
    if (translated.type() == ProblemType.INTERNAL_ERROR) {
      LOGGER.log(Level.ERROR, request.getMethod() + " " + request.getRequestURI(), failure);
    }
    request.setAttribute(DETAIL_ATTRIBUTE, translated.detail());
    return ProblemResource.of(translated, request.getRequestURI());
  }
}
