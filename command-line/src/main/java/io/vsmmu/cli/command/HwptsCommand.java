package io.vsmmu.cli.command;

import io.vsmmu.cli.client.Pages;
import io.vsmmu.cli.client.Query;
import io.vsmmu.cli.client.ServiceClient;
import io.vsmmu.cli.outcome.ExitCode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code hwpts}. */
@Command(
    name = "hwpts",
    description = "Lists the HWPTs that streams can be attached to, now or at a moment.")
final class HwptsCommand extends VsmmuCommand {

  @Option(
      names = "--at",
      paramLabel = "MOMENT",
      description = "Position or instant (default: now).",
      converter = Moment.Converter.class)
  private @Nullable Moment at;

  @Override
  ExitCode ask(ServiceClient service) {
    print(
        service.get(path() + "/hwpts" + new Query().with("at", at)),
        list -> ObjectsCommand.COLUMNS.of(Pages.items(list)).print(out(), "", width()));
    return ExitCode.OK;
  }
}
