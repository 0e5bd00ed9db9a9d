package io.vsmmu.rest.intake;

import io.vsmmu.boundary.Boundaries;
import io.vsmmu.control.audit.DatabaseException;
import io.vsmmu.rest.problem.BodyException;
import io.vsmmu.rest.problem.ProblemException;
import io.vsmmu.rest.problem.ProblemType;
import io.vsmmu.rest.problem.Problems;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.util.ContentCachingResponseWrapper;

/**
 * A POST with an Idempotency-Key takes effect once; repeated, it gets the same answer. An answer
 * with a status of 500 or more is not stored, nor one whose client has closed the connection, nor
 * one with a secret ({@code Cache-Control: no-store}): such a request may be tried again with its
 * key.
 */
@Component
@Order(IntakeOrder.IDEMPOTENCY)
class IdempotencyFilter extends ChangingRequestFilter {

  static final String KEY = "Idempotency-Key";

  /** The header of an answer that was given before. */
  static final String REPLAYED = "Idempotency-Replayed";

  private static final String NO_STORE = "no-store";
  private static final int SERVER_ERRORS = 500;
  private static final Pattern ALLOWED =
      Pattern.compile("[\\x21-\\x7e]{1," + IdempotencyKeys.KEY_CHARS + "}");

  private final IdempotencyKeys keys;
  private final Problems problems;

  IdempotencyFilter(IdempotencyKeys keys, Problems problems) {
    this.keys = keys;
    this.problems = problems;
  }

  @Override
  protected boolean shouldNotFilter(HttpServletRequest request) {
    return super.shouldNotFilter(request)
        || !request.getMethod().equals("POST")
        || request.getHeader(KEY) == null;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    HashedRequest hashed = new HashedRequest(request);
    try {
      String key = key(request);
      switch (keys.claim(Subject.current(), key, name(request))) {
        case KeyClaim.Fresh _ -> carryOut(key, hashed, response, chain);
        case KeyClaim.UnderWay _ ->
            throw ProblemException.of(
                ProblemType.IDEMPOTENCY_KEY_IN_USE, KEY, key, "try again when it is answered");
        case KeyClaim.Interrupted _ ->
            throw ProblemException.of(
                ProblemType.IDEMPOTENCY_KEY_INTERRUPTED,
                KEY,
                key,
                "look whether it took effect, then use a new key");
        case KeyClaim.Answered answered -> repeat(key, answered, hashed, response);
      }
    } catch (ProblemException | DatabaseException | BodyException failed) {
      problems.write(failed, request, response);
    }
  }

  private static String key(HttpServletRequest request) {
    String key = request.getHeader(KEY);
    if (!ALLOWED.matcher(key).matches()) {
      throw ProblemException.invalid(
          KEY,
          key,
          "1 to %d printable ASCII characters without spaces".formatted(IdempotencyKeys.KEY_CHARS));
    }
    return key;
  }

  private static String name(HttpServletRequest request) {
    @Nullable String query = request.getQueryString();
    String path = request.getMethod() + " " + request.getRequestURI();
    return query == null ? path : path + "?" + query;
  }

  private void carryOut(
      String key, HashedRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    ContentCachingResponseWrapper answer = new ContentCachingResponseWrapper(response);
    boolean kept = false;
    Boundaries.reached(RequestBoundary.KEY_CLAIMED);
    try {
      chain.doFilter(request, answer);
      Boundaries.reached(RequestBoundary.CARRIED_OUT);
      if (answer.getStatus() < SERVER_ERRORS
          && !ClientConnection.isFoundClosed(request)
          && answer.getContentSize() <= IdempotencyKeys.ANSWER_BYTES
          && !holdsSecret(answer)) {
        keys.complete(Subject.current(), key, request.hash(), stored(answer));
        kept = true;
        Boundaries.reached(RequestBoundary.ANSWER_STORED);
      }
    } catch (BodyException rest) {
      // The controller has answered with the problem already.
      kept = false;
    } finally {
      if (!kept) {
        keys.release(Subject.current(), key);
      }
      answer.copyBodyToResponse();
    }
  }

  /** A secret is shown once and stored nowhere, here neither. */
  private static boolean holdsSecret(ContentCachingResponseWrapper answer) {
    return NO_STORE.equals(answer.getHeader(HttpHeaders.CACHE_CONTROL));
  }

  private static StoredAnswer stored(ContentCachingResponseWrapper answer) {
    return new StoredAnswer(
        answer.getStatus(),
        answer.getContentType(),
        answer.getHeader(HttpHeaders.LOCATION),
        answer.getHeader(HttpHeaders.ETAG),
        answer.getContentAsByteArray());
  }

  private static void repeat(
      String key, KeyClaim.Answered answered, HashedRequest request, HttpServletResponse response)
      throws IOException {
    boolean same =
        answered.request().equals(name(request))
            && Arrays.equals(answered.bodyHash(), request.hash());
    if (!same) {
      throw ProblemException.of(
          ProblemType.IDEMPOTENCY_KEY_REUSED,
          KEY,
          key,
          "a new key: this one belongs to %s with another body or path"
              .formatted(answered.request()));
    }
    StoredAnswer answer = answered.answer();
    response.setStatus(answer.status());
    response.setHeader(REPLAYED, "true");
    header(response, HttpHeaders.LOCATION, answer.location());
    header(response, HttpHeaders.ETAG, answer.etag());
    if (answer.contentType() != null) {
      response.setContentType(answer.contentType());
    }
    response.getOutputStream().write(answer.body());
  }

  private static void header(HttpServletResponse response, String name, @Nullable String value) {
    if (value != null) {
      response.setHeader(name, value);
    }
  }
}
