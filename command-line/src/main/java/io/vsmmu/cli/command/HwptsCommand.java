package io.vsmmu.cli.command;

import io.vsmmu.cli.client.PagedList;
import io.vsmmu.cli.client.ServiceClient;
import io.vsmmu.cli.client.UrlQuery;
import io.vsmmu.cli.output.ExitCode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "hwpts",
    description = "Lists the HWPTs that streams can be attached to, now or at a moment.")
final class HwptsCommand extends VsmmuCommand {

  @Option(
      names = "--at",
      paramLabel = "MOMENT",
      description = "Position, bookmark or instant (default: now).",
      converter = Moment.Converter.class)
  private @Nullable Moment at;

  @Override
  ExitCode ask(ServiceClient service) {
    print(
        service.get(path() + "/hwpts" + new UrlQuery().with("at", at)),
        list -> ObjectsCommand.COLUMNS.of(PagedList.items(list)).print(out(), "", width()));
    return ExitCode.OK;
  }
}
