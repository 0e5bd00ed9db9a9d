package io.vsmmu.rest.problem;

import java.util.Locale;

/** The kinds of problem details. Their URIs never change; docs/api/problems.md describes each. */
public enum ProblemType {
  INVALID_FIELD(400, "A value is not allowed"),
  MISSING_FIELD(400, "A value is missing"),
  UNKNOWN_FIELD(400, "There is no such field"),
  MALFORMED_JSON(400, "The body is no JSON"),
  MALFORMED_EXPRESSION(400, "The expression has no meaning"),
  COSTLY_EXPRESSION(422, "The expression takes too many steps"),
  BAD_REQUEST(400, "The request cannot be understood"),
  UNAUTHENTICATED(401, "A valid credential is required"),
  FORBIDDEN(403, "The credential does not permit this"),
  FOREIGN_ORIGIN(403, "The request comes from another site"),
  UNKNOWN_PATH(404, "There is nothing at this path"),
  NOT_FOUND(404, "Something named does not exist"),
  NOT_IN_LOG(404, "The log does not reach there"),
  METHOD_NOT_ALLOWED(405, "This path does not take this method"),
  NOT_ACCEPTABLE(406, "The answer cannot be given in this form"),
  BODY_TOO_SLOW(408, "The body was not received in time"),
  CONFLICT(409, "The state does not allow this"),
  IMPORT_STOPPED(409, "The import was stopped"),
  IDEMPOTENCY_KEY_IN_USE(409, "A request with this key is under way"),
  IDEMPOTENCY_KEY_INTERRUPTED(409, "A request with this key was interrupted"),
  DAMAGED_EVENT(409, "An event of the log is missing or not what was written"),
  PRECONDITION_FAILED(412, "It has changed since"),
  BODY_TOO_LARGE(413, "The body is too large"),
  UNSUPPORTED_MEDIA_TYPE(415, "The body has the wrong form"),
  HOST_REFUSED(422, "The host cannot do this"),
  RECORDING_REFUSED(422, "The body is no recording of this format"),
  IDEMPOTENCY_KEY_REUSED(422, "This key belongs to another request"),
  TOO_MANY_REQUESTS(429, "This client, or its vSMMU, asks too much at once"),
  TOO_BUSY(503, "Too much of this is under way"),
  ISSUER_UNAVAILABLE(503, "The issuer of the token does not answer"),
  READ_MODEL_BEHIND(503, "The read models have not caught up"),
  DATABASE_UNAVAILABLE(503, "The database does not answer"),
  NO_SPACE(507, "There is no space left"),
  INTERNAL_ERROR(500, "The service failed");

  private static final String BASE = "/problems/";

  private final int status;
  private final String title;

  ProblemType(int status, String title) {
    this.status = status;
    this.title = title;
  }

  public int status() {
    return status;
  }

  public String title() {
    return title;
  }

  /** The URI reference of the kind, which never changes. */
  public String uri() {
    return BASE + name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
