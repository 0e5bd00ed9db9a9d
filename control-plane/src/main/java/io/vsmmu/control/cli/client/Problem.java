package io.vsmmu.control.cli.client;

import io.vsmmu.control.cli.output.Cells;
import java.util.Map;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** A problem detail (RFC 9457) as lines for a user. */
final class Problem {

  private static final Set<String> HEAD = Set.of("title", "status", "detail", "type", "instance");
  private static final String NO_TYPE = "about:blank";
  private static final int PLAIN_TEXT_SHOWN = 300;

  private Problem() {}

  /**
   * Title and status, the detail, every further member (field, value, what is allowed), the type.
   *
   * @param status of the answer
   * @param text its body, whatever it is
   */
  static String text(int status, String text) {
    try {
      JsonNode problem = ServiceClient.JSON.readTree(text);
      if (problem != null && problem.isObject() && problem.has("title")) {
        return lines(status, problem);
      }
    } catch (JacksonException e) {
      // Not our service's answer, perhaps a proxy's: shown as it is.
      return plain(status, text);
    }
    return plain(status, text);
  }

  private static String lines(int status, JsonNode problem) {
    StringBuilder lines = new StringBuilder();
    lines.append(Cells.whole(problem.path("title"))).append(" (").append(status).append(')');
    if (problem.hasNonNull("detail")) {
      lines.append("\n  ").append(Cells.whole(problem.path("detail")));
    }
    for (Map.Entry<String, JsonNode> member : problem.properties()) {
      if (!HEAD.contains(member.getKey())) {
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
      value.forEach(element -> lines.append("\n    ").append(Cells.whole(element)));
    } else {
      lines.append(Cells.whole(value));
    }
  }

  private static String plain(int status, String text) {
    String shown =
        text.length() > PLAIN_TEXT_SHOWN ? text.substring(0, PLAIN_TEXT_SHOWN) + "..." : text;
    return "HTTP status " + status + (shown.isBlank() ? "" : "\n  " + shown.strip());
  }
}
