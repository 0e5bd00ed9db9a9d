package io.vsmmu.cli.command;

import io.vsmmu.cli.client.ServiceClient;
import io.vsmmu.cli.client.UrlQuery;
import io.vsmmu.cli.output.ExitCode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(name = "diff", description = "Shows what differs between two moments.")
final class DiffCommand extends VsmmuCommand {

  @Parameters(
      index = "1",
      paramLabel = "FROM",
      description = "Position or instant.",
      converter = Moment.Converter.class)
  private Moment from = new Moment("0");

  @Parameters(
      index = "2",
      paramLabel = "TO",
      description = "Position or instant.",
      converter = Moment.Converter.class)
  private Moment to = new Moment("0");

  @Override
  ExitCode ask(ServiceClient service) {
    print(service.get(path() + "/diff" + new UrlQuery().with("from", from).with("to", to)));
    return ExitCode.OK;
  }
}
