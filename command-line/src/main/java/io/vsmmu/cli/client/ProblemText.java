package io.vsmmu.cli.client;

import io.vsmmu.cli.output.CellText;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** A problem detail (RFC 9457) as the lines that a user sees. */
final class ProblemText {

  private static final Set<String> HEAD = Set.of("title", "status", "detail", "type", "instance");
  private static final String NO_TYPE = "about:blank";
  private static final int TEXT_SHOWN = 200;

  private ProblemText() {}

  /**
   * Title and status, the detail, every further member (field, value, what is allowed), the type.
   *
   * @param status of the answer
   * @param text its body, which may be anything
   * @param retryAfter the header, null if there is none
   * @return empty if the body is no problem detail, because another program, such as a proxy,
   *     answered
   */
  static Optional<String> text(int status, String text, @Nullable String retryAfter) {
    try {
      JsonNode problem = ServiceClient.JSON.readTree(text);
      if (problem != null && problem.isObject() && problem.has("title")) {
        String again = retryAfter == null ? "" : "\n  try again after " + retryAfter + " s";
        return Optional.of(lines(status, problem) + again);
      }
    } catch (JacksonException e) {
      return Optional.empty();
    }
    return Optional.empty();
  }

  private static String lines(int status, JsonNode problem) {
    StringBuilder lines = new StringBuilder();
    String detail = problem.path("detail").asString("");
    String allowed = problem.path("allowed").asString("");
    // The detail that the service writes already contains these three members.
    Set<String> said =
        !allowed.isEmpty() && detail.contains(allowed)
            ? Set.of("field", "value", "allowed")
            : Set.of();
    lines.append(CellText.of(problem.path("title"))).append(" (").append(status).append(')');
    if (problem.hasNonNull("detail")) {
      lines.append("\n  ").append(CellText.of(problem.path("detail")));
    }
    for (Map.Entry<String, JsonNode> member : problem.properties()) {
      if (!HEAD.contains(member.getKey()) && !said.contains(member.getKey())) {
        member(lines, member.getKey(), member.getValue());
      }
    }
    String type = problem.path("type").asString(NO_TYPE);
    if (!type.equals(NO_TYPE)) {
      lines.append("\n  type: ").append(type);
    }
    return lines.toString();
  }

  private static void member(StringBuilder lines, String name, JsonNode value) {
    lines.append("\n  ").append(name).append(": ");
    if (value.isArray()) {
      value.forEach(element -> lines.append("\n    ").append(CellText.of(element)));
    } else {
      lines.append(CellText.of(value));
    }
  }

  /** Status and the first 200 characters of a body that the service did not write. */
  static String foreign(int status, String text) {
    String shown = text.length() > TEXT_SHOWN ? text.substring(0, TEXT_SHOWN) + "..." : text;
    return "HTTP status "
        + status
        + (shown.isBlank() ? "" : "\n  " + CellText.clean(shown.strip()));
  }
}
