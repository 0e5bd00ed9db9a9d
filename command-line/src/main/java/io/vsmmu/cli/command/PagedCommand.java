package io.vsmmu.cli.command;

import io.vsmmu.cli.client.PagedList;
import io.vsmmu.cli.client.UrlQuery;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;

/** A command that lists items with positions in the log and prints a page as a table. */
abstract class PagedCommand extends MergedCommand {

  @Mixin private PageOptions.OfLog page = new PageOptions.OfLog();

  /** Adds the columns of an item to those that all lists have. */
  abstract JsonTable columns(JsonTable listing);

  /** Adds the parameters of the filter. */
  abstract UrlQuery filter(UrlQuery query);

  @Override
  final UrlQuery query() {
    return filter(page.query());
  }

  /** The position of {@code --after}; null without one. */
  final @Nullable Position after() {
    return page.after();
  }

  @Override
  final int most() {
    return page.itemsPerPage();
  }

  @Override
  final void show(JsonNode list, boolean several) {
    JsonTable listing = several ? new JsonTable().plain(VSMMU) : new JsonTable();
    columns(listing).of(PagedList.items(list)).print(out(), "", width());
    PageOptions.printNext(list, out());
  }
}
