package io.vsmmu.cli.command;

import io.vsmmu.cli.client.ImportWatch;
import io.vsmmu.cli.client.Reply;
import io.vsmmu.cli.client.ServiceClient;
import io.vsmmu.cli.client.UrlQuery;
import io.vsmmu.cli.output.CellText;
import io.vsmmu.cli.output.ExitCode;
import io.vsmmu.cli.output.Failure;
import io.vsmmu.cli.output.ImportText;
import io.vsmmu.cli.output.ProgressLine;
import io.vsmmu.cli.output.Table;
import io.vsmmu.cli.output.TreeText;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

@Command(name = "import", description = "Imports a recording: a QEMU trace log or an export.")
final class ImportCommand extends RemoteCommand {

  @Parameters(index = "0", paramLabel = "FILE", description = "The recording.")
  private Path file = Path.of("");

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description =
          "What to call its vSMMU; several get -a, -b and so on behind it, or one name each with"
              + " commas between them. A taken name gets a number. An export takes one name."
              + " Default: after the file.")
  private @Nullable String name;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description =
          "qemu-trace (a log of QEMU's -trace 'smmuv3_*' -D file) or vsmmu (an export of this"
              + " service). Default: by the file's first bytes.")
  private @Nullable RecordingFormat format;

  @Override
  ExitCode ask(ServiceClient service) {
    RecordingFormat written = format == null ? detect() : format;
    UUID id = UUID.randomUUID();
    UrlQuery query =
        new UrlQuery()
            .with("format", written)
            .with("name", name)
            .with("file", file.getFileName())
            .with("id", id);
    print(upload(service, id, "/recordings" + query), this::show);
    return ExitCode.OK;
  }

  /** Uploads the file and shows the progress. A signal to this process stops the import. */
  private Reply upload(ServiceClient service, UUID id, String path) {
    boolean terminal = Boolean.getBoolean(ProgressLine.TERMINAL);
    ProgressLine line = new ProgressLine(err(), terminal, width(), System::nanoTime);
    ImportText text = new ImportText(System::nanoTime);
    Consumer<JsonNode> seen = json() ? progress -> {} : progress -> line.show(text.of(progress));
    try (ImportWatch watch = new ImportWatch(service, id, seen)) {
      Thread signalled = new Thread(() -> stopped(watch, line), "import-stop");
      Runtime.getRuntime().addShutdownHook(signalled);
      try {
        return service.upload(path, body());
      } finally {
        unregister(signalled);
      }
    } finally {
      line.end();
    }
  }

  private void stopped(ImportWatch watch, ProgressLine line) {
    boolean nothingLeft = watch.stop();
    line.end();
    warn(
        nothingLeft
            ? "vsmmu: The import was stopped; nothing of it was kept"
            : "vsmmu: The service did not confirm that the import was stopped; 'vsmmus' lists what"
                + " is stored");
  }

  private static void unregister(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException ends) {
      // The process was signalled first, and the hook prints the only message.
      awaitHook(hook);
    }
  }

  private static void awaitHook(Thread hook) {
    try {
      hook.join();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private RecordingFormat detect() {
    if (!Files.isRegularFile(file)) {
      throw unreadable(Files.exists(file) ? "it is not a regular file" : "there is no such file");
    }
    try {
      return RecordingFormat.of(file);
    } catch (IOException e) {
      throw unreadable(e.toString());
    }
  }

  private BodyPublisher body() {
    try {
      return BodyPublishers.ofFile(file);
    } catch (IOException e) {
      throw unreadable("there is no such file");
    }
  }

  private Failure unreadable(String why) {
    return new Failure(
        ExitCode.USAGE,
        "FILE '%s' cannot be read: %s; allowed: a readable file".formatted(file, why));
  }

  private void show(JsonNode body) {
    Table table = new Table("name", "boots", "commands", "events").text("streams");
    for (JsonNode vsmmu : body.path("vsmmus")) {
      long commands = vsmmu.path("commands").valueStream().mapToLong(n -> n.asLong(0)).sum();
      JsonNode streams = vsmmu.path("streams");
      String sids =
          CellText.of(
              ServiceClient.JSON.valueToTree(
                  streams
                      .valueStream()
                      .map(s -> CellText.of(s.isObject() ? s.path("sid") : s))
                      .toList()));
      table.row(
          CellText.of(vsmmu.path("name")),
          CellText.of(vsmmu.path("boots")),
          Long.toString(commands),
          CellText.of(vsmmu.path("events")),
          sids);
    }
    out().println("recording " + CellText.of(body.path("recording")));
    table.print(out(), "  ", width());
    out().println("lines of unknown vSMMU: " + CellText.of(body.path("unattributed")));
    if (!body.path("complete").asBoolean(true)) {
      out()
          .println(
              body.path("unattributed").asLong(0) == 0
                  ? "incomplete: 'lint NAME' says why"
                  : "incomplete: commands in no log: %s; 'events NAME --unattributed' lists the lines"
                      .formatted(CellText.of(body.path("unattributedCommands"))));
    }
    if (!body.path("warnings").isEmpty()) {
      out().println("warnings");
      new TreeText(out(), "  ", width()).print(body.path("warnings"));
    }
  }
}
