package io.vsmmu.cli.command;

import io.vsmmu.cli.client.PagedList;
import io.vsmmu.cli.client.ServiceClient;
import io.vsmmu.cli.client.UrlQuery;
import io.vsmmu.cli.output.ExitCode;
import io.vsmmu.db.log.BookmarkName;
import io.vsmmu.db.log.Notes;
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

    @Mixin private PageOptions.OfList page = new PageOptions.OfList();

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
    private Position position = Position.START;

    @Parameters(index = "2", arity = "0..1", paramLabel = "TEXT", description = "The note.")
    private @Nullable String text;

    @Option(
        names = "--bookmark",
        paramLabel = "NAME",
        description =
            "A name for the moment, of which the vSMMU has one: letters, digits, ., _ and -. @NAME"
                + " can then stand wherever a position is asked for.")
    private @Nullable String bookmark;

    private void check() {
      if (bookmark == null && (text == null || text.isBlank())) {
        throw wrong("TEXT is missing; or --bookmark");
      }
      if (bookmark != null && !BookmarkName.isAllowed(bookmark)) {
        throw wrong("--bookmark: '%s'; allowed: %s".formatted(bookmark, BookmarkName.ALLOWED));
      }
      if (text != null && Notes.length(text) > Notes.TEXT_CHARS) {
        throw wrong(
            "TEXT has %d characters; allowed: at most %d"
                .formatted(Notes.length(text), Notes.TEXT_CHARS));
      }
    }

    @Override
    ExitCode ask(ServiceClient service) {
      check();
      ObjectNode body = ServiceClient.JSON.createObjectNode();
      position.putInto(body, "position");
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
        description = "Its number, as `notes list` shows it.",
        converter = Id.class)
    private long id;

    private static final class Id extends WholeNumber {
      Id() {
        super(1, Long.MAX_VALUE);
      }
    }

    @Override
    ExitCode ask(ServiceClient service) {
      service.deleteUnversioned(path() + "/notes/" + UrlQuery.segment(id));
      note("deleted note " + id + " of " + name());
      return ExitCode.OK;
    }
  }
}
