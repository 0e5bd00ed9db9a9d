package io.vsmmu.cli.command;

import io.vsmmu.cli.client.UrlQuery;
import io.vsmmu.cli.output.CellText;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** The options {@code --after} and {@code --limit}, which select a page of a list. */
final class PageOptions {

  @Option(
      names = "--after",
      paramLabel = "P",
      description = "Items after P, which the last line of the previous page names.",
      converter = Position.Converter.class)
  private @Nullable Position after;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "Items of a page, 1 to 1000 (default: 100).")
  private @Nullable Integer limit;

  /** Items of a page without {@code --limit}. */
  private static final int DEFAULT_LIMIT = 100;

  UrlQuery query() {
    return new UrlQuery().with("after", after).with("limit", limit);
  }

  /** The position of {@code --after}; null without one. */
  @Nullable Long after() {
    return after == null ? null : (Long) after.value();
  }

  /** Whether it is the first page. */
  boolean isFirst() {
    return after == null;
  }

  /** The largest number of items of the page, as the service has it. */
  int itemsPerPage() {
    return limit == null ? DEFAULT_LIMIT : limit;
  }

  /** Prints the option that selects the next page, if there is one. */
  static void printNext(JsonNode page, PrintWriter out) {
    if (page.hasNonNull("next")) {
      out.println("more: --after " + CellText.of(page.path("next")));
    }
  }
}
