package io.vsmmu.cli.client;

import io.vsmmu.cli.output.CellText;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A problem detail (RFC 9457) as the lines that a user sees.
 *
 * @param status of the answer
 * @param problem an object with a title
 * @param retryAfter the header, null if there is none
 */
record ProblemText(int status, JsonNode problem, @Nullable String retryAfter) {

  private static final Set<String> HEAD = Set.of("title", "status", "detail", "type", "instance");
  private static final String FIELD = "field";
  private static final String REASONS = "reasons";
  private static final String NO_TYPE = "about:blank";
  private static final int TEXT_SHOWN = 200;

  /**
   * The problem in the body of an answer, which may be anything.
   *
   * @return empty if the body is no problem detail, because another program, such as a proxy,
   *     answered
   */
  static Optional<ProblemText> of(int status, String text, @Nullable String retryAfter) {
    try {
      JsonNode problem = ServiceClient.JSON.readTree(text);
      return problem != null && problem.isObject() && problem.has("title")
          ? Optional.of(new ProblemText(status, problem, retryAfter))
          : Optional.empty();
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }

  /**
   * Title and status, the detail, every further member (field, value, what is allowed), the type.
   *
   * @param names what the reader calls the parameters and members of the request
   */
  String text(UnaryOperator<String> names) {
    StringBuilder lines = new StringBuilder();
    String detail = detail(problem, names);
    String allowed = problem.path("allowed").asString("");
    // The detail that the service writes already contains these three members.
    Set<String> said =
        !allowed.isEmpty() && detail.contains(allowed)
            ? Set.of(FIELD, "value", "allowed")
            : Set.of();
    lines.append(CellText.of(problem.path("title"))).append(" (").append(status).append(')');
    if (!detail.isEmpty()) {
      lines.append("\n  ").append(CellText.clean(detail));
    }
    for (Map.Entry<String, JsonNode> member : problem.properties()) {
      if (!HEAD.contains(member.getKey()) && !said.contains(member.getKey())) {
        member(lines, member.getKey(), member.getValue(), names);
      }
    }
    String type = problem.path("type").asString(NO_TYPE);
    if (!type.equals(NO_TYPE)) {
      lines.append("\n  type: ").append(type);
    }
    return retryAfter == null
        ? lines.toString()
        : lines.append("\n  try again after ").append(retryAfter).append(" s").toString();
  }

  /** The detail of a problem, in which each reason begins with the field that it is about. */
  static String detail(JsonNode problem, UnaryOperator<String> names) {
    String detail = problem.path("detail").asString("");
    Iterable<JsonNode> reasons =
        problem.path(REASONS).isArray() ? problem.path(REASONS) : List.of(problem);
    for (JsonNode reason : reasons) {
      String field = reason.path(FIELD).asString("");
      for (String behind : List.of(": '", " is missing")) {
        detail = renamed(detail, field + behind, names.apply(field) + behind);
      }
    }
    return detail;
  }

  /** The text with its beginning, or that of one of its parts, replaced. */
  private static String renamed(String text, String from, String to) {
    return text.startsWith(from)
        ? to + text.substring(from.length())
        : text.replace("; " + from, "; " + to);
  }

  private static void member(
      StringBuilder lines, String name, JsonNode value, UnaryOperator<String> names) {
    lines.append("\n  ").append(name).append(": ");
    if (value.isArray()) {
      value.forEach(element -> lines.append("\n    ").append(CellText.of(named(element, names))));
    } else {
      lines.append(name.equals(FIELD) ? names.apply(value.asString("")) : CellText.of(value));
    }
  }

  private static JsonNode named(JsonNode reason, UnaryOperator<String> names) {
    return reason instanceof ObjectNode object && object.has(FIELD)
        ? object.deepCopy().put(FIELD, names.apply(object.path(FIELD).asString("")))
        : reason;
  }

  /** Status and the first 200 characters of a body that the service did not write. */
  static String foreign(int status, String text) {
    String shown = text.length() > TEXT_SHOWN ? text.substring(0, TEXT_SHOWN) + "..." : text;
    return "HTTP status "
        + status
        + (shown.isBlank() ? "" : "\n  " + CellText.clean(shown.strip()));
  }
}
