package io.vsmmu.cli.command;

import io.vsmmu.cli.client.ServiceClient;
import io.vsmmu.cli.client.UrlQuery;
import io.vsmmu.cli.output.ExitCode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "diff",
    description = "Shows what differs between two moments, of one vSMMU or of two.")
final class DiffCommand extends VsmmuCommand {

  @Parameters(
      index = "1",
      paramLabel = "FROM",
      description = "Position, bookmark or instant.",
      converter = Moment.Converter.class)
  private Moment from = new Moment("0");

  @Parameters(
      index = "2",
      paramLabel = "TO",
      description = "Position, bookmark or instant.",
      converter = Moment.Converter.class)
  private Moment to = new Moment("0");

  @Option(
      names = "--with",
      paramLabel = "OTHER",
      description = "The vSMMU that TO is a moment of. Default: NAME.")
  private @Nullable String with;

  @Option(
      names = "--normalise",
      description =
          "Host objects are compared by what they are (NESTED_HWPT of 0x900), not by their handles"
              + " and kernel ids, which count what one vSMMU and one kernel have made.")
  private boolean normalise;

  @Override
  ExitCode ask(ServiceClient service) {
    UrlQuery query = new UrlQuery().with("from", from).with("to", to).with("with", with);
    if (normalise) {
      query.with("normalise", true);
    }
    print(service.get(path() + "/diff" + query));
    return ExitCode.OK;
  }
}
