package io.vsmmu.cli.command;

import io.vsmmu.cli.client.Query;
import picocli.CommandLine.Command;

/** {@code failures}. */
@Command(name = "failures", description = "Lists what failed, and why, oldest first.")
final class FailuresCommand extends PagedCommand {

  @Override
  Listing columns(Listing listing) {
    return listing.plain("position", "kind", "code", "sid", "health").text("detail");
  }

  @Override
  String resource() {
    return "failures";
  }

  @Override
  Query filter(Query query) {
    return query;
  }
}
