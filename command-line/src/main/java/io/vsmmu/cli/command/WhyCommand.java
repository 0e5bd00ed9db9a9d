package io.vsmmu.cli.command;

import io.vsmmu.cli.client.PagedList;
import io.vsmmu.cli.client.Reply;
import io.vsmmu.cli.client.ServiceClient;
import io.vsmmu.cli.output.ExitCode;
import io.vsmmu.cli.output.Paragraph;
import picocli.CommandLine.Command;
import tools.jackson.databind.JsonNode;

@Command(
    name = "why",
    description = "Shows what caused an event, back to the access of the guest or the operator.")
final class WhyCommand extends OneEventCommand {

  private static final JsonTable COLUMNS =
      new JsonTable().plain("position").extra("sequence").plain("time", "type").data("data");

  @Override
  ExitCode ask(ServiceClient service) {
    Reply causes = service.get(eventPath() + "/causes");
    print(causes, body -> show(PagedList.items(body)));
    return ExitCode.OK;
  }

  private void show(JsonNode causes) {
    if (causes.isEmpty()) {
      String outside =
          "nothing: its cause is outside the log (the guest, an operator, the host)."
              + " More about the event: ./vsmmu event %s %s".formatted(name(), position());
      Paragraph.print(out(), outside, "", "", width());
    } else {
      COLUMNS.of(causes).print(out(), "", width());
    }
  }
}
