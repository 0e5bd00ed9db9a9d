package io.vsmmu.cli.command;

import io.vsmmu.cli.client.UrlQuery;
import picocli.CommandLine.Parameters;

/** A command about one event of a vSMMU, whose position follows the name of the vSMMU. */
abstract class OneEventCommand extends VsmmuCommand {

  @Parameters(
      index = "1",
      paramLabel = "POSITION",
      description = "Position of the event, or a bookmark.",
      converter = Position.Converter.class)
  private Position position = Position.START;

  /** The path of the event's resource. */
  final String eventPath() {
    return path() + "/events/" + UrlQuery.segment(position);
  }
}
