package io.vsmmu.cli.command;

import io.vsmmu.cli.client.Pages;
import io.vsmmu.cli.client.Query;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;

/** A list of what is at positions of the log, a page of which is a table. */
abstract class PagedCommand extends MergedCommand {

  @Mixin private PageOptions page = new PageOptions();

  /** Adds the columns of an item to those that all lists have. */
  abstract Listing columns(Listing listing);

  /** Adds what limits the list. */
  abstract Query filter(Query query);

  @Override
  final Query query() {
    return filter(page.query());
  }

  @Override
  final int most() {
    return page.most();
  }

  @Override
  final void show(JsonNode list, boolean several) {
    Listing listing = several ? new Listing().plain(VSMMU) : new Listing();
    columns(listing).of(Pages.items(list)).print(out(), "", width());
    PageOptions.more(list, out());
  }
}
