package io.vsmmu.rest.history;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.vsmmu.db.EventDatabase;
import io.vsmmu.db.log.Note;
import io.vsmmu.db.log.Notes;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.projections.travel.StateAtEvent;
import io.vsmmu.rest.intake.Subject;
import io.vsmmu.rest.problem.ProblemException;
import io.vsmmu.rest.problem.ProblemType;
import io.vsmmu.rest.value.PageQuery;
import io.vsmmu.rest.value.PageResource;
import io.vsmmu.rest.value.WholeNumber;
import io.vsmmu.rest.vsmmu.VsmmuDirectory;
import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;
import org.springdoc.core.annotations.ParameterObject;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** What people wrote about moments of a log: {@code /vsmmus/{name}/notes}. */
@RestController
@RequestMapping(path = "/api/v1/vsmmus/{name:[^:]+}/notes", produces = "application/json")
@Tag(name = "Notes")
class NoteController {

  private final VsmmuDirectory directory;
  private final Notes notes;

  NoteController(VsmmuDirectory directory, EventDatabase database) {
    this.directory = directory;
    this.notes = database.notes();
  }

  /** A note. */
  @Schema(name = "Note")
  record NoteResource(
      long id,
      @Schema(description = "Position of the event that it is about") long position,
      @Schema(description = "Sequence of that event") long sequence,
      Instant written,
      @Schema(description = "Who wrote it, as the audit log names its client") String author,
      @Nullable @Schema(description = "Name of the moment; null for none") String bookmark,
      String text) {

    static NoteResource of(Note it) {
      return new NoteResource(
          it.id(),
          it.position(),
          it.sequence(),
          it.written(),
          it.author(),
          it.bookmark().isEmpty() ? null : it.bookmark(),
          it.text());
    }
  }

  @GetMapping
  @Operation(
      operationId = "listNotes",
      summary = "Notes and bookmarks, in the order in which they were written")
  PageResource<NoteResource> list(@PathVariable String name, @ParameterObject PageQuery page) {
    int limit = page.items();
    return PageResource.cut(
        notes.page(directory.find(name).id(), page.start(), limit + 1),
        limit,
        NoteResource::of,
        Note::id);
  }

  @PostMapping(consumes = "application/json")
  @Operation(
      operationId = "addNote",
      summary = "Writes a note about a moment, or names the moment",
      description =
          "The log itself does not change. Exports of the log contain the notes, and imports read"
              + " them.")
  @ApiResponse(responseCode = "201", description = "The note is stored")
  ResponseEntity<NoteResource> add(@PathVariable String name, @RequestBody NewNote wanted) {
    RegisteredVsmmu vsmmu = directory.find(name);
    String bookmark = wanted.givenBookmark();
    String text = wanted.givenText();
    StateAtEvent moment = directory.moment(vsmmu, "position", wanted.givenPosition());
    Instant now = Clock.systemUTC().instant().truncatedTo(ChronoUnit.MICROS);
    Note note =
        new Note(0, moment.sequence(), moment.position(), now, Subject.current(), bookmark, text);
    Note added = notes.add(vsmmu.id(), note).orElseThrow(() -> refusal(vsmmu, bookmark));
    return ResponseEntity.created(
            URI.create("/api/v1/vsmmus/%s/notes/%d".formatted(vsmmu.name(), added.id())))
        .body(NoteResource.of(added));
  }

  private ProblemException refusal(RegisteredVsmmu vsmmu, String bookmark) {
    return notes
        .bookmark(vsmmu.id(), bookmark)
        .map(
            taken ->
                ProblemException.of(
                    ProblemType.CONFLICT,
                    "bookmark",
                    bookmark,
                    "another name: this one stands at position " + taken.position()))
        .orElseGet(
            () ->
                ProblemException.plain(
                    ProblemType.CONFLICT,
                    "%s has %d notes, which is the most; delete some"
                        .formatted(vsmmu.name(), Notes.MOST)));
  }

  @DeleteMapping("/{id}")
  @Operation(operationId = "deleteNote", summary = "Deletes a note")
  @ApiResponse(responseCode = "204", description = "It is gone")
  ResponseEntity<Void> delete(@PathVariable String name, @PathVariable @WholeNumber long id) {
    RegisteredVsmmu vsmmu = directory.find(name);
    if (!notes.delete(vsmmu.id(), id)) {
      throw ProblemException.of(
          ProblemType.NOT_FOUND, "id", String.valueOf(id), "id of a note of " + vsmmu.name());
    }
    return ResponseEntity.noContent().build();
  }
}
