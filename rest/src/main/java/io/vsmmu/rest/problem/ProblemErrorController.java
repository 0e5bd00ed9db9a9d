package io.vsmmu.rest.problem;

import io.swagger.v3.oas.annotations.Hidden;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * BuildAnswers failures in front of the controllers, which the container dispatches to {@code
 * /error}, with problem details.
 */
@Hidden
@RestController
class ProblemErrorController implements ErrorController {

  @RequestMapping("${spring.web.error.path:/error}")
  ResponseEntity<ProblemResource> error(HttpServletRequest request) {
    Object path = request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI);
    ProblemResource problem =
        ProblemResource.of(
            failure(request), path == null ? request.getRequestURI() : path.toString());
    return ResponseEntity.status(problem.status())
        .contentType(MediaType.APPLICATION_PROBLEM_JSON)
        .body(problem);
  }

  private static ProblemException failure(HttpServletRequest request) {
    Object message = request.getAttribute(RequestDispatcher.ERROR_MESSAGE);
    String detail = message == null || message.toString().isEmpty() ? "" : message.toString();
    int status =
        request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE) instanceof Integer code
            ? code
            : ProblemType.UNKNOWN_PATH.status();
    return switch (status) {
      case 404 -> Translation.unknownPath(request.getRequestURI());
      case 405 ->
          ProblemException.of(
              ProblemType.METHOD_NOT_ALLOWED,
              "method",
              String.valueOf(request.getAttribute(RequestDispatcher.ERROR_METHOD)),
              "the methods of /v3/api-docs");
      case 408 ->
          ProblemException.plain(
              ProblemType.BODY_TOO_SLOW, "Nothing more of it was received in time");
      case 413 -> ProblemException.plain(ProblemType.BODY_TOO_LARGE, detail);
      default ->
          status < 500
              ? ProblemException.plain(
                  ProblemType.BAD_REQUEST, detail.isEmpty() ? "status " + status : detail)
              : ProblemException.plain(
                  ProblemType.INTERNAL_ERROR, "The service failed; its log says how");
    };
  }
}
