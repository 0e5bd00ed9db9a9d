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
      description = "Position or instant.",
      converter = Moment.Converter.class)
  private Moment from = new Moment("0");

  @Parameters(
      index = "2",
      paramLabel = "TO",
      description = "Position or instant.",
      converter = Moment.Converter.class)
  private Moment to = new Moment("0");

  @Option(
      names = "--with",
      paramLabel = "OTHER",
      description = "The vSMMU that TO is a moment of (default: NAME).")
  private @Nullable String with;

  @Option(
      names = "--normalise",
      description =
          "Compare host objects by what they are, not by their handles and the kernel's ids.")
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
