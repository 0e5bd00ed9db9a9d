package io.vsmmu.cli.command;

import io.vsmmu.cli.client.Reply;
import io.vsmmu.cli.client.ServiceClient;
import io.vsmmu.cli.client.UrlQuery;
import io.vsmmu.cli.output.ComparisonText;
import io.vsmmu.cli.output.ExitCode;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "compare",
    description =
        "Aligns two logs by the guest's accesses and shows what they differ in; exit code 1 if they"
            + " differ.")
final class CompareCommand extends RemoteCommand {

  @Parameters(index = "0", paramLabel = "A", description = "Name of a vSMMU.")
  private String first = "";

  @Parameters(
      index = "1",
      paramLabel = "B",
      description = "Name of another one, or of the same to compare two parts of its log.")
  private String second = "";

  @Option(
      names = "--from",
      paramLabel = "MOMENT",
      description = "First position, bookmark or instant of A (default: its first event).",
      converter = Moment.Converter.class)
  private @Nullable Moment from;

  @Option(
      names = "--to",
      paramLabel = "MOMENT",
      description = "Last position, bookmark or instant of A.",
      converter = Moment.Converter.class)
  private @Nullable Moment to;

  @Option(
      names = "--other-from",
      paramLabel = "MOMENT",
      description = "First position, bookmark or instant of B (default: its first event).",
      converter = Moment.Converter.class)
  private @Nullable Moment otherFrom;

  @Option(
      names = "--other-to",
      paramLabel = "MOMENT",
      description = "Last position, bookmark or instant of B.",
      converter = Moment.Converter.class)
  private @Nullable Moment otherTo;

  @Option(
      names = "--normalise",
      description =
          "Addresses are ignored, and StreamIDs, SubstreamIDs, ASIDs and VMIDs are compared by"
              + " which has the part of which.")
  private boolean normalise;

  @Override
  Map<String, String> requestNames() {
    return Map.of("name", "A", "with", "B");
  }

  @Override
  ExitCode ask(ServiceClient service) {
    Moment.checkOrder(this, "--from", from, "--to", to);
    Moment.checkOrder(this, "--other-from", otherFrom, "--other-to", otherTo);
    UrlQuery query =
        new UrlQuery()
            .with("with", second)
            .with("from", from)
            .with("to", to)
            .with("otherFrom", otherFrom)
            .with("otherTo", otherTo)
            .with("normalise", normalise ? true : null);
    Reply reply = answer(service, () -> service.get(vsmmu(first) + "/compare" + query));
    print(reply, new ComparisonText(out(), width())::print);
    return reply.body().path("verdict").asString("").equals("SAME") ? ExitCode.OK : ExitCode.NO;
  }
}
