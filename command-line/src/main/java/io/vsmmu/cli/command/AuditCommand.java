package io.vsmmu.cli.command;

import io.vsmmu.cli.client.PagedList;
import io.vsmmu.cli.client.ServiceClient;
import io.vsmmu.cli.client.UrlQuery;
import io.vsmmu.cli.output.ExitCode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

@Command(
    name = "audit",
    description = "Lists who changed what through the service, oldest first, one page at a time.")
final class AuditCommand extends RemoteCommand {

  private static final JsonTable COLUMNS =
      new JsonTable()
          .plain("id", "time")
          .extra("subject")
          .plain("method")
          .text("path")
          .plain("status")
          .extra("vsmmu")
          .text("detail");

  @Mixin private PageOptions.OfList page = new PageOptions.OfList();

  @Option(names = "--subject", paramLabel = "WHO", description = "Only what this one did.")
  private @Nullable String subject;

  @Option(
      names = "--method",
      paramLabel = "METHOD",
      description = "Only requests of this method: POST, PUT, PATCH or DELETE.")
  private @Nullable ChangingMethod method;

  @Option(names = "--vsmmu", paramLabel = "NAME", description = "Only what concerns this vSMMU.")
  private @Nullable String vsmmu;

  @Option(
      names = "--status",
      paramLabel = "STATUS",
      description = "Only what was answered with this HTTP status, 100 to 599, such as 409.",
      converter = Status.class)
  private @Nullable Long status;

  @Option(
      names = "--from",
      paramLabel = "INSTANT",
      description = "Only what was asked for from this instant on.",
      converter = Moment.InstantConverter.class)
  private @Nullable Moment from;

  @Option(
      names = "--to",
      paramLabel = "INSTANT",
      description = "Only what was asked for up to this instant.",
      converter = Moment.InstantConverter.class)
  private @Nullable Moment to;

  /** The methods of requests that change something; the values of {@code --method}. */
  enum ChangingMethod {
    POST,
    PUT,
    PATCH,
    DELETE
  }

  private static final class Status extends WholeNumber {
    Status() {
      super(100, 599);
    }
  }

  @Override
  ExitCode ask(ServiceClient service) {
    Moment.checkOrder(this, "--from", from, "--to", to);
    UrlQuery query =
        page.query()
            .with("subject", subject)
            .with("method", method)
            .with("vsmmu", vsmmu)
            .with("status", status)
            .with("from", from)
            .with("to", to);
    print(service.get("/audit" + query), this::show);
    return ExitCode.OK;
  }

  private void show(JsonNode list) {
    COLUMNS.of(PagedList.items(list)).print(out(), "", width());
    PageOptions.printNext(list, out());
  }
}
