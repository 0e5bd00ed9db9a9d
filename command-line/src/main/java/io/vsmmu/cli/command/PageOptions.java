package io.vsmmu.cli.command;

import io.vsmmu.cli.client.Query;
import io.vsmmu.cli.output.Cells;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** Which page of a list is wanted. */
final class PageOptions {

  @Option(
      names = "--after",
      paramLabel = "P",
      description = "The page behind this one, as the last line of the page before tells it.",
      converter = Position.Converter.class)
  private @Nullable Position after;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "Items of a page, 1 to 1000 (default: 100).")
  private @Nullable Integer limit;

  /** Items of a page when nobody says how many. */
  private static final int USUAL = 100;

  Query query() {
    return new Query().with("after", after).with("limit", limit);
  }

  /** Whether nothing lies before the page. */
  boolean isFromTheBeginning() {
    return after == null;
  }

  /** Items of a page. */
  int most() {
    return limit == null ? USUAL : limit;
  }

  /** Tells how to get the next page, if there is one. */
  static void more(JsonNode page, PrintWriter out) {
    if (page.hasNonNull("next")) {
      out.println("more: --after " + Cells.of(page.path("next")));
    }
  }
}
