package io.vsmmu.cli.client;

import io.vsmmu.cli.output.ExitCode;
import io.vsmmu.cli.output.Failure;
import java.util.List;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/** A list of the service that arrives page by page. */
public final class PagedList {

  private static final int PAGE = 500;

  /** The members that hold the list in an answer; findings have their own. */
  private static final List<String> LISTS = List.of("items", "findings");

  private final ServiceClient service;

  public PagedList(ServiceClient service) {
    this.service = service;
  }

  /**
   * Passes every item of the list to a consumer, asking for page after page until there is no next.
   */
  public void each(String path, UrlQuery filter, Consumer<JsonNode> item) {
    Reply page = service.get(path + filter);
    while (true) {
      JsonNode body = page.body();
      items(body).forEach(item);
      if (!body.hasNonNull("next")) {
        return;
      }
      String after = body.path("next").asString("");
      String separator = filter.toString().isEmpty() ? "?" : "&";
      page = service.get(path + filter + separator + "after=" + UrlQuery.segment(after));
    }
  }

  /**
   * The list in an answer.
   *
   * @throws Failure {@link ExitCode#UNREACHABLE} if there is none, because another program answered
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

  /** The parameters of a list that is read to its end: 500 items a page. */
  public static UrlQuery large() {
    return new UrlQuery().with("limit", PAGE);
  }
}
