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
  private Position position = Position.START;

  @Parameters(
      index = "2",
      arity = "0..1",
      paramLabel = "PATH",
      description = "A value of the state, such as 'streams[\"0x900\"].ste[0]'.")
  private @Nullable String valuePath;

  @Option(
      names = "--iova",
      paramLabel = "ADDRESS",
      description =
          "An input address of a device: how its stream was configured, the last TLBIs of the"
              + " address's own page, the last TLBI of a range, an ASID or everything that covered"
              + " it, their numbers, the last CMD_ATC_INV, whether a CMD_SYNC completed them up to"
              + " POSITION, and the faults on its page before and after.",
      converter = Hexadecimal.AddressConverter.class)
  private @Nullable Hexadecimal iova;

  @Option(
      names = "--sid",
      paramLabel = "SID",
      description =
          "With --iova: the StreamID of the device. Default: all streams that are translated.",
      converter = Hexadecimal.StreamIdConverter.class)
  private @Nullable Hexadecimal sid;

  @Option(
      names = "--asid",
      paramLabel = "ASID",
      description = "With --iova: only TLB invalidations that could touch this ASID.",
      converter = Hexadecimal.AsidConverter.class)
  private @Nullable Hexadecimal asid;

  @Option(
      names = "--all",
      description =
          "Every command, record, stream and call, up to 8192 steps. Without it a chain has the"
              + " first 8 of each, those that were asked for and those that failed, and the numbers"
              + " of the others.")
  private boolean all;

  @Override
  ExitCode ask(ServiceClient service) {
    if (valuePath != null && iova != null) {
      throw wrong("PATH does not go with --iova: these are two questions");
    }
    if (iova == null && (sid != null || asid != null)) {
      throw wrong((sid != null ? "--sid" : "--asid") + " goes with --iova only");
    }
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
