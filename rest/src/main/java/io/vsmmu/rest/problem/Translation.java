package io.vsmmu.rest.problem;

import io.vsmmu.control.audit.DatabaseException;
import io.vsmmu.control.log.LogFailures;
import io.vsmmu.control.recording.ImportStoppedException;
import io.vsmmu.control.request.RequestRefusedException;
import io.vsmmu.db.embedded.NoSpaceMessage;
import io.vsmmu.db.log.AlreadyRegisteredException;
import io.vsmmu.db.write.LogBusyException;
import io.vsmmu.debugger.expression.CostlyExpressionException;
import io.vsmmu.debugger.expression.MalformedExpressionException;
import io.vsmmu.problem.Problem;
import io.vsmmu.projections.model.ReadModelException;
import io.vsmmu.projections.travel.DamagedEventException;
import io.vsmmu.smmu.aggregate.StimulusRefusedException;
import io.vsmmu.smmu.wire.MalformedEventException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.TypeMismatchException;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.validation.FieldError;
import org.springframework.web.ErrorResponse;
import org.springframework.web.HttpMediaTypeNotAcceptableException;
import org.springframework.web.HttpMediaTypeNotSupportedException;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import org.springframework.web.bind.MethodArgumentNotValidException;
import org.springframework.web.bind.MissingServletRequestParameterException;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.servlet.NoHandlerFoundException;
import org.springframework.web.servlet.resource.NoResourceFoundException;

/** The problem details of exceptions. */
final class Translation {

  private static final int SERVER_ERRORS = 500;

  private Translation() {}

  static ProblemException of(Throwable failure) {
    return switch (failure) {
      case ProblemException problem -> problem;
      case RequestRefusedException refused -> refused(refused);
      case StimulusRefusedException refused ->
          ProblemException.of(ProblemType.CONFLICT, List.of(refused.problem()));
      case AlreadyRegisteredException taken ->
          ProblemException.plain(ProblemType.CONFLICT, String.valueOf(taken.getMessage()));
      case Exception full when isOfStorage(full) && NoSpaceMessage.findIn(full).isPresent() ->
          ProblemException.plain(ProblemType.NO_SPACE, NoSpaceMessage.findIn(full).orElseThrow());
      case LogBusyException busy -> unavailable(ProblemType.TOO_BUSY, busy);
      case DatabaseException database -> unavailable(ProblemType.DATABASE_UNAVAILABLE, database);
      case ReadModelException database -> unavailable(ProblemType.DATABASE_UNAVAILABLE, database);
      case RuntimeException log when LogFailures.isLogFailure(log) ->
          unavailable(ProblemType.DATABASE_UNAVAILABLE, log);
      case RejectedExecutionException _ ->
          ProblemException.plain(ProblemType.TOO_BUSY, "Too many replays wait; try again later");
      case DamagedEventException damaged ->
          ProblemException.of(ProblemType.DAMAGED_EVENT, List.of(damage(damaged)));
      case MalformedEventException damaged ->
          ProblemException.plain(
              ProblemType.DAMAGED_EVENT,
              "An event of the log cannot be decoded (%s); ./vsmmu verify NAME says which"
                  .formatted(damaged.getMessage()));
      case MalformedExpressionException malformed ->
          ProblemException.inText(
              ProblemType.MALFORMED_EXPRESSION,
              malformed.problem(),
              malformed.offset(),
              malformed.end());
      case CostlyExpressionException costly ->
          ProblemException.of(ProblemType.COSTLY_EXPRESSION, List.of(costly.problem()));
      case ImportStoppedException stopped ->
          ProblemException.plain(ProblemType.IMPORT_STOPPED, String.valueOf(stopped.getMessage()));
      case BodyException body -> body.problem();
      default -> ofTheWeb(failure);
    };
  }

  /** Which event cannot be read, and up to where answers hold. */
  private static Problem damage(DamagedEventException it) {
    String event =
        it.position().isPresent()
            ? "%d, sequence %d".formatted(it.position().getAsLong(), it.sequence())
            : "sequence %d".formatted(it.sequence());
    String allowed =
        it.readableTo().isPresent()
            ? "a position up to %d: the log can be read up to there"
                .formatted(it.readableTo().getAsLong())
            : "a position in front of it: the log can be read up to there";
    return new Problem(
        "position",
        "%s: %s".formatted(event, it.problem()),
        allowed,
        "./vsmmu verify NAME checks all of it");
  }

  /**
   * Whether the failure is one of storage, whose message holds no text of the request that could
   * look like one.
   */
  private static boolean isOfStorage(Exception failure) {
    return switch (failure) {
      case DatabaseException _, ReadModelException _, CompletionException _ -> true;
      case IOException _, UncheckedIOException _ -> !(failure instanceof ErrorResponse);
      default -> LogFailures.isLogFailure(failure);
    };
  }

  private static ProblemException ofTheWeb(Throwable failure) {
    return switch (failure) {
      case HttpMessageNotReadableException unreadable -> JsonProblems.of(unreadable);
      case MethodArgumentNotValidException unbound ->
          ProblemException.of(
              ProblemType.INVALID_FIELD,
              unbound.getFieldErrors().stream().map(Translation::parameter).toList());
      case MethodArgumentTypeMismatchException mismatch ->
          ProblemException.of(
              ProblemType.INVALID_FIELD,
              List.of(parameter(mismatch.getName(), mismatch.getValue(), mismatch)));
      case MissingServletRequestParameterException missing ->
          ProblemException.of(
              ProblemType.MISSING_FIELD, missing.getParameterName(), null, "a query parameter");
      case HttpRequestMethodNotSupportedException method ->
          ProblemException.of(
              ProblemType.METHOD_NOT_ALLOWED,
              "method",
              method.getMethod(),
              Arrays.toString(method.getSupportedMethods()));
      case HttpMediaTypeNotSupportedException type ->
          ProblemException.of(
              ProblemType.UNSUPPORTED_MEDIA_TYPE,
              "Content-Type",
              String.valueOf(type.getContentType()),
              String.valueOf(type.getSupportedMediaTypes()));
      case HttpMediaTypeNotAcceptableException type ->
          ProblemException.of(
              ProblemType.NOT_ACCEPTABLE,
              "Accept",
              "what was sent",
              String.valueOf(type.getSupportedMediaTypes()));
      case NoHandlerFoundException nothing -> unknownPath(nothing.getRequestURL());
      case NoResourceFoundException nothing -> unknownPath("/" + nothing.getResourcePath());
      case ErrorResponse response when response.getStatusCode().value() < SERVER_ERRORS ->
          ProblemException.plain(
              ProblemType.BAD_REQUEST, String.valueOf(response.getBody().getDetail()));
      default ->
          ProblemException.plain(
              ProblemType.INTERNAL_ERROR, "The service failed; its log says how");
    };
  }

  private static Problem parameter(FieldError error) {
    return error.contains(TypeMismatchException.class)
        ? parameter(
            error.getField(), error.getRejectedValue(), error.unwrap(TypeMismatchException.class))
        : new Problem(error.getField(), String.valueOf(error.getRejectedValue()), "another value");
  }

  /** The conversion that refused the value says what it requires. */
  private static Problem parameter(String name, @Nullable Object value, Throwable refused) {
    for (Throwable cause = refused; cause != null; cause = cause.getCause()) {
      if (cause instanceof MalformedValueException malformed) {
        return new Problem(name, malformed.given(), malformed.required());
      }
    }
    return new Problem(name, String.valueOf(value), "another value");
  }

  static ProblemException unknownPath(String path) {
    return ProblemException.of(ProblemType.UNKNOWN_PATH, "path", path, "the paths of /v3/api-docs");
  }

  private static ProblemException unavailable(ProblemType type, RuntimeException failure) {
    return ProblemException.plain(type, String.valueOf(failure.getMessage()));
  }

  private static ProblemException refused(RequestRefusedException refused) {
    ProblemType type =
        switch (refused.kind()) {
          case NOT_FOUND -> ProblemType.NOT_FOUND;
          case CONFLICT -> ProblemType.CONFLICT;
          case INVALID -> ProblemType.INVALID_FIELD;
          case HOST_REFUSED -> ProblemType.HOST_REFUSED;
          case EXHAUSTED -> ProblemType.TOO_BUSY;
        };
    return ProblemException.of(type, refused.problems());
  }
}
