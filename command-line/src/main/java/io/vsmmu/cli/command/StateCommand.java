package io.vsmmu.cli.command;

import io.vsmmu.cli.client.ServiceClient;
import io.vsmmu.cli.client.UrlQuery;
import io.vsmmu.cli.output.ExitCode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "state", description = "Shows a vSMMU as it is, or as it was.")
final class StateCommand extends VsmmuCommand {

  @Option(
      names = "--at",
      paramLabel = "MOMENT",
      description = "Position, bookmark or instant (default: now).",
      converter = Moment.Converter.class)
  private @Nullable Moment at;

  @Override
  ExitCode ask(ServiceClient service) {
    print(service.get(path() + "/state" + new UrlQuery().with("at", at)));
    return ExitCode.OK;
  }
}
