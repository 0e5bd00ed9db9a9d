package io.vsmmu.cli.command;

import io.vsmmu.cli.client.Reply;
import io.vsmmu.cli.client.ServiceClient;
import io.vsmmu.cli.client.UrlQuery;
import io.vsmmu.cli.output.ExitCode;
import io.vsmmu.cli.output.WhyText;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "why",
    description = {
      "Shows what led to an event, from the access of the guest to what the guest saw of it;"
          + " with PATH, the event that set a value last; with --iova, what happened to an address."
    })
final class WhyCommand extends VsmmuCommand {

  @Parameters(
      index = "1",
      paramLabel = "POSITION",
      description = "Position of the event; with PATH or --iova, up to which the log is looked at.",
      converter = Position.Converter.class)
  private Position position = new Position(0);

  @Parameters(
      index = "2",
      arity = "0..1",
      paramLabel = "PATH",
      description = "A value of the state, such as 'streams[\"0x900\"].ste[0]'.")
  private @Nullable String valuePath;

  @Option(
      names = "--iova",
      paramLabel = "ADDRESS",
      description = "The input address of a device's transaction.",
      converter = Hexadecimal.AddressConverter.class)
  private @Nullable Hexadecimal iova;

  @Option(
      names = "--sid",
      paramLabel = "SID",
      description = "With --iova: the device's StreamID, such as 0x900.",
      converter = Hexadecimal.StreamIdConverter.class)
  private @Nullable Hexadecimal sid;

  @Option(
      names = "--asid",
      paramLabel = "ASID",
      description = "With --iova: the ASID of its context descriptor.",
      converter = Hexadecimal.AsidConverter.class)
  private @Nullable Hexadecimal asid;

  @Option(
      names = "--all",
      description = "Every step of the chain, also those that are otherwise given as numbers.")
  private boolean all;

  @Override
  ExitCode ask(ServiceClient service) {
    UrlQuery query =
        new UrlQuery()
            .with("position", position)
            .with("path", valuePath)
            .with("iova", iova)
            .with("sid", sid)
            .with("asid", asid)
            .with("all", all ? true : null);
    Reply answer =
        answer(service, "PATH", "" + valuePath, () -> service.get(path() + "/why" + query));
    print(answer, body -> new WhyText(out(), width()).print(body));
    return ExitCode.OK;
  }
}
