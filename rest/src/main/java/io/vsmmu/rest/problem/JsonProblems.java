package io.vsmmu.rest.problem;

import io.vsmmu.problem.NearNames;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.exc.InvalidFormatException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;

/** Failures of Jackson to read a body as problems of its fields. */
final class JsonProblems {

  private static final String BODY = "body";

  private JsonProblems() {}

  /** The problem behind a body that could not be read. */
  static ProblemException of(Throwable unreadable) {
    for (Throwable cause = unreadable; cause != null; cause = cause.getCause()) {
      switch (cause) {
        case BodyException body -> {
          return body.problem();
        }
        case ProblemException problem -> {
          return problem;
        }
        case JacksonException json when !(json.getCause() instanceof BodyException) -> {
          return of(json);
        }
        default -> {}
      }
    }
    return ProblemException.of(ProblemType.MISSING_FIELD, BODY, null, "a JSON object");
  }

  private static ProblemException of(JacksonException json) {
    return switch (json) {
      case UnrecognizedPropertyException unknown ->
          ProblemException.of(
              ProblemType.UNKNOWN_FIELD,
              path(unknown),
              unknown.getPropertyName(),
              known(unknown) + NearNames.question(unknown.getPropertyName(), known(unknown)));
      case InvalidFormatException format ->
          ProblemException.invalid(
              path(format), String.valueOf(format.getValue()), expected(format.getTargetType()));
      case StreamReadException syntax ->
          ProblemException.of(
              ProblemType.MALFORMED_JSON,
              BODY,
              "line %d, column %d: %s"
                  .formatted(
                      syntax.getLocation().getLineNr(),
                      syntax.getLocation().getColumnNr(),
                      plain(syntax)),
              "JSON as of RFC 8259, each name once an object");
      case DatabindException mismatch ->
          ProblemException.invalid(path(mismatch), found(mismatch), allowed(mismatch));
      default ->
          ProblemException.of(
              ProblemType.MALFORMED_JSON, BODY, json.getOriginalMessage(), "JSON as of RFC 8259");
    };
  }

  private static List<String> known(UnrecognizedPropertyException unknown) {
    return unknown.getKnownPropertyIds() == null
        ? List.of()
        : unknown.getKnownPropertyIds().stream().map(String::valueOf).sorted().toList();
  }

  /** The kind of JSON value that was found. */
  private static String found(DatabindException mismatch) {
    if (mismatch.processor() instanceof JsonParser parser && parser.currentToken() != null) {
      return switch (parser.currentToken()) {
        case START_ARRAY, END_ARRAY -> "a list";
        case START_OBJECT, END_OBJECT, PROPERTY_NAME -> "an object";
        case VALUE_TRUE -> "true";
        case VALUE_FALSE -> "false";
        case VALUE_NULL -> "null";
        case VALUE_STRING -> "a string";
        case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "a number";
        case NOT_AVAILABLE, VALUE_EMBEDDED_OBJECT -> "something else";
      };
    }
    return "something else";
  }

  /** The message without the part that describes Jackson's own source of characters. */
  private static String plain(StreamReadException syntax) {
    String message = syntax.getOriginalMessage();
    int source = message.indexOf(" (start marker");
    return source < 0 ? message : message.substring(0, source);
  }

  private static String allowed(DatabindException mismatch) {
    return mismatch instanceof tools.jackson.databind.exc.MismatchedInputException input
        ? expected(input.getTargetType())
        : "another value";
  }

  private static String expected(@Nullable Class<?> type) {
    if (type == null) {
      return "another value";
    }
    if (type.isEnum()) {
      return "one of " + Arrays.toString(type.getEnumConstants());
    }
    if (type == String.class) {
      return "a string without NUL and without halves of surrogate pairs";
    }
    if (type == boolean.class || type == Boolean.class) {
      return "true or false";
    }
    if (Number.class.isAssignableFrom(type) || type.isPrimitive()) {
      return "a whole number";
    }
    return "an object";
  }

  /**
   * The path of the field: names with dots between them and indexes in brackets, as in {@code
   * devices[0].sid}.
   */
  private static String path(JacksonException json) {
    StringBuilder path = new StringBuilder();
    for (JacksonException.Reference step : json.getPath()) {
      if (step.getPropertyName() != null) {
        path.append(path.isEmpty() ? "" : ".").append(step.getPropertyName());
      } else if (step.getIndex() >= 0) {
        path.append('[').append(step.getIndex()).append(']');
      }
    }
    return path.isEmpty() ? BODY : path.toString();
  }
}
