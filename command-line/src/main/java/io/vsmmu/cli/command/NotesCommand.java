package io.vsmmu.cli.command;

import io.vsmmu.cli.client.PagedList;
import io.vsmmu.cli.client.ServiceClient;
import io.vsmmu.cli.client.UrlQuery;
import io.vsmmu.cli.output.ExitCode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

@Command(
    name = "notes",
    description = "Notes and bookmarks at moments of a log; exports of the log contain them.",
    subcommands = {
      NotesCommand.NoteListCommand.class,
      NotesCommand.NoteAddCommand.class,
      NotesCommand.NoteDeleteCommand.class
    },
    synopsisSubcommandLabel = "(list | add | delete)")
final class NotesCommand {

  @Command(name = "list", description = "Lists notes in the order in which they were written.")
  static final class NoteListCommand extends VsmmuCommand {

    private static final JsonTable COLUMNS =
        new JsonTable()
            .plain("id", "position")
            .extra("sequence", "written", "author")
            .text("bookmark", "text");

    @Mixin private PageOptions page = new PageOptions();

    @Override
    ExitCode ask(ServiceClient service) {
      print(
          service.get(path() + "/notes" + page.query()),
          list -> {
            COLUMNS.of(PagedList.items(list)).print(out(), "", width());
            PageOptions.printNext(list, out());
          });
      return ExitCode.OK;
    }
  }

  @Command(name = "add", description = "Writes a note about a moment, or names the moment.")
  static final class NoteAddCommand extends VsmmuCommand {

    @Parameters(
        index = "1",
        paramLabel = "POSITION",
        description = "Position of the event that it is about.",
        converter = Position.Converter.class)
    private Position position = new Position(0);

    @Parameters(index = "2", arity = "0..1", paramLabel = "TEXT", description = "The note.")
    private @Nullable String text;

    @Option(
        names = "--bookmark",
        paramLabel = "NAME",
        description = "A name for the moment, of which the vSMMU has one.")
    private @Nullable String bookmark;

    @Override
    ExitCode ask(ServiceClient service) {
      ObjectNode body = ServiceClient.JSON.createObjectNode().put("position", position.value());
      if (text != null) {
        body.put("text", text);
      }
      if (bookmark != null) {
        body.put("bookmark", bookmark);
      }
      print(service.post(path() + "/notes", body));
      return ExitCode.OK;
    }
  }

  @Command(name = "delete", description = "Deletes a note.")
  static final class NoteDeleteCommand extends VsmmuCommand {

    @Parameters(
        index = "1",
        paramLabel = "ID",
        description = "Its number, as `notes list` shows it.")
    private long id;

    @Override
    ExitCode ask(ServiceClient service) {
      service.deleteUnversioned(path() + "/notes/" + UrlQuery.segment(id));
      note("deleted note " + id + " of " + name());
      return ExitCode.OK;
    }
  }
}
