package io.vsmmu.control.cli.command;

import io.vsmmu.control.cli.client.Pages;
import io.vsmmu.control.cli.client.Query;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;

/** {@code failures}. */
@Command(name = "failures", description = "Lists what failed, and why, oldest first.")
final class FailuresCommand extends MergedCommand {

  private static final Listing OF_ONE = columns(new Listing());
  private static final Listing OF_SEVERAL = columns(new Listing().plain(VSMMU));

  @Mixin private PageOptions page = new PageOptions();

  private static Listing columns(Listing listing) {
    return listing.plain("position", "kind", "code", "sid", "health").text("detail");
  }

  @Override
  String resource() {
    return "failures";
  }

  @Override
  Query query() {
    return page.query();
  }

  @Override
  int most() {
    return page.most();
  }

  @Override
  void show(JsonNode failures, boolean several) {
    (several ? OF_SEVERAL : OF_ONE).of(Pages.items(failures)).print(out(), "", width());
    PageOptions.more(failures, out());
  }
}
