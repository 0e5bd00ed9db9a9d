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
      description = "Items behind P, which the last line of the page before names.",
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

  /** Whether it is the first page. */
  boolean isFromTheBeginning() {
    return after == null;
  }

  /** The largest number of items of the page. */
  int most() {
    return limit == null ? DEFAULT_LIMIT : limit;
  }

  /** Prints the option that selects the next page, if there is one. */
  static void more(JsonNode page, PrintWriter out) {
    if (page.hasNonNull("next")) {
      out.println("more: --after " + CellText.of(page.path("next")));
    }
  }
}
