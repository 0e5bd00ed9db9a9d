package io.vsmmu.rest.access;

import io.vsmmu.rest.problem.ProblemException;
import io.vsmmu.rest.problem.ProblemType;
import io.vsmmu.rest.problem.Problems;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.http.HttpHeaders;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.access.AccessDeniedHandler;
import org.springframework.stereotype.Component;

/** Answers requests without a valid credential, or with one that does not permit them. */
@Component
class Refusals implements AuthenticationEntryPoint, AccessDeniedHandler {

  private static final String HOW =
      "Authorization: Bearer TOKEN, where the service's own token is in the file token of its data"
          + " directory, and POST /api/v1/tokens makes others";

  private final Problems problems;
  private final RefusalAudit audit;

  Refusals(Problems problems, RefusalAudit audit) {
    this.problems = problems;
    this.audit = audit;
  }

  @Override
  public void commence(
      HttpServletRequest request, HttpServletResponse response, AuthenticationException failed)
      throws IOException {
    if (failed instanceof IssuerUnavailableException) {
      refuse(
          ProblemException.plain(
              ProblemType.ISSUER_UNAVAILABLE, String.valueOf(failed.getMessage())),
          request,
          response);
      return;
    }
    boolean shown = failed instanceof OAuth2AuthenticationException;
    response.setHeader(
        HttpHeaders.WWW_AUTHENTICATE,
        "Bearer realm=\"vsmmu\"" + (shown ? ", error=\"invalid_token\"" : ""));
    refuse(
        ProblemException.of(
            ProblemType.UNAUTHENTICATED,
            HttpHeaders.AUTHORIZATION,
            shown ? "a token that is unknown, expired or revoked" : null,
            HOW),
        request,
        response);
  }

  @Override
  public void handle(
      HttpServletRequest request, HttpServletResponse response, AccessDeniedException denied)
      throws IOException {
    RuleAuthorization.Shortfall lacking = RuleAuthorization.shortfall(request);
    refuse(
        lacking == null
            ? ProblemException.plain(ProblemType.FORBIDDEN, "The credential does not permit this")
            : ProblemException.of(
                ProblemType.FORBIDDEN, lacking.field(), lacking.given(), lacking.required()),
        request,
        response);
  }

  /** Answers, and lists the refusal. */
  void refuse(ProblemException problem, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    audit.refused(request, problem.type().status(), String.valueOf(problem.getMessage()));
    problems.write(problem, request, response);
  }
}
