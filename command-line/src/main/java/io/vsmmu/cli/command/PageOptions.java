package io.vsmmu.cli.command;

import io.vsmmu.cli.client.UrlQuery;
import io.vsmmu.cli.output.CellText;
import io.vsmmu.projections.query.Keyset;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** The options {@code --after} and {@code --limit}, which select a page of a list. */
abstract class PageOptions {

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "Items of a page, 1 to 1000. Default: 100.",
      converter = Limit.class)
  private @Nullable Long limit;

  private static final class Limit extends WholeNumber {
    Limit() {
      super(1, Keyset.MOST_ITEMS);
    }
  }

  /** A list in the order of the log. */
  static final class OfLog extends PageOptions {

    @Option(
        names = "--after",
        paramLabel = "P",
        description = "Only what lies behind this position.",
        converter = Position.Converter.class)
    private @Nullable Position after;

    @Override
    @Nullable Position after() {
      return after;
    }
  }

  /** A list in another order, whose pages end at numbers of its own. */
  static final class OfList extends PageOptions {

    @Option(
        names = "--after",
        paramLabel = "NEXT",
        description = "The page behind this one, as the page before says.",
        converter = Key.class)
    private @Nullable Long after;

    private static final class Key extends WholeNumber {
      Key() {
        super(0, Long.MAX_VALUE);
      }
    }

    @Override
    @Nullable Object after() {
      return after;
    }
  }

  /** What {@code --after} gives; null without it. */
  abstract @Nullable Object after();

  final UrlQuery query() {
    return new UrlQuery().with("after", after()).with("limit", limit);
  }

  /** Whether it is the first page. */
  final boolean isFirst() {
    return after() == null;
  }

  /** The largest number of items of the page, as the service has it. */
  final int itemsPerPage() {
    return limit == null ? Keyset.DEFAULT_ITEMS : Math.toIntExact(limit);
  }

  /** Prints the option that selects the next page, if there is one. */
  static void printNext(JsonNode page, PrintWriter out) {
    if (page.hasNonNull("next")) {
      out.println("more: --after " + CellText.of(page.path("next")));
    }
  }
}
