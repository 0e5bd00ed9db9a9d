package io.vsmmu.control.cli.client;

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

  /** The list in an answer, which may be the answer itself. */
  public static JsonNode items(JsonNode body) {
    return LISTS.stream().filter(body::has).findFirst().map(body::path).orElse(body);
  }

  /** The filter of long lists: as many items in a page as the service gives. */
  public static Query large() {
    return new Query().with("limit", PAGE);
  }
}
