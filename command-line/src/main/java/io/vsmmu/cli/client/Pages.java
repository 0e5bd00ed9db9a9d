package io.vsmmu.cli.client;

import io.vsmmu.cli.outcome.ExitCode;
import io.vsmmu.cli.outcome.Failure;
import java.util.List;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/** A list that comes in pages. */
public final class Pages {

  private static final int PAGE = 500;

  /** What the lists of the service's answers are called. */
  private static final List<String> LISTS = List.of("items", "findings");

  private final ServiceClient service;

  public Pages(ServiceClient service) {
    this.service = service;
  }

  /** Hands over every item of the list, also when it came whole. */
  public void each(String path, Query filter, Consumer<JsonNode> item) {
    Reply page = service.get(path + filter);
    while (true) {
      JsonNode body = page.body();
      items(body).forEach(item);
      if (!body.hasNonNull("next")) {
        return;
      }
      String after = body.path("next").asString("");
      String separator = filter.toString().isEmpty() ? "?" : "&";
      page = service.get(path + filter + separator + "after=" + Query.segment(after));
    }
  }

  /**
   * The list in an answer.
   *
   * @throws Failure {@link ExitCode#UNREACHABLE} if there is none: somebody else answered
   */
  public static JsonNode items(JsonNode body) {
    return LISTS.stream()
        .filter(name -> body.path(name).isArray())
        .findFirst()
        .map(body::path)
        .orElseThrow(
            () ->
                new Failure(
                    ExitCode.UNREACHABLE,
                    "What answered is not a vsmmu service: there is no list in its answer\n"
                        + "  Name another one with --url or VSMMU_URL"));
  }

  /** The filter of long lists: as many items in a page as the service gives. */
  public static Query large() {
    return new Query().with("limit", PAGE);
  }
}
