package io.vsmmu.cli.command;

import io.vsmmu.cli.client.UrlQuery;
import picocli.CommandLine.Command;

@Command(name = "failures", description = "Lists what failed, and why, oldest first.")
final class FailuresCommand extends PagedCommand {

  @Override
  JsonTable columns(JsonTable listing) {
    return listing.plain("position", "kind", "code", "sid", "health").text("detail");
  }

  @Override
  String resource() {
    return "failures";
  }

  @Override
  UrlQuery filter(UrlQuery query) {
    return query;
  }
}
