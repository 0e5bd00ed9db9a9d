package io.vsmmu.rest.vsmmu;

import io.vsmmu.db.log.BookmarkName;
import io.vsmmu.db.log.Note;
import io.vsmmu.db.log.Notes;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.problem.NearNames;
import io.vsmmu.projections.travel.LogPoint;
import io.vsmmu.rest.problem.ProblemException;
import io.vsmmu.rest.problem.ProblemType;
import io.vsmmu.rest.value.GivenPoint;
import io.vsmmu.rest.value.GivenPosition;

/** Finds the points of a vSMMU's log that requests name. */
final class Bookmarks {

  private final Notes notes;

  Bookmarks(Notes notes) {
    this.notes = notes;
  }

  /**
   * The point that is meant; a bookmark means the position that it names.
   *
   * @throws ProblemException if the vSMMU has no such bookmark
   */
  LogPoint point(RegisteredVsmmu vsmmu, String field, GivenPoint given) {
    return switch (given) {
      case GivenPoint.AtInstant(var instant) -> LogPoint.instant(instant);
      case GivenPosition position -> LogPoint.position(position(vsmmu, field, position));
    };
  }

  /** As {@link #point}, of a field that takes no instants. */
  long position(RegisteredVsmmu vsmmu, String field, GivenPosition given) {
    return switch (given) {
      case GivenPosition.AtPosition(long position) -> position;
      case GivenPosition.AtBookmark(String name) ->
          notes
              .bookmark(vsmmu.id(), name)
              .map(Note::position)
              .orElseThrow(() -> missing(vsmmu, field, BookmarkName.MARK + name));
    };
  }

  private ProblemException missing(RegisteredVsmmu vsmmu, String field, String written) {
    String near =
        NearNames.question(
            written,
            notes.bookmarks(vsmmu.id()).stream().map(it -> BookmarkName.MARK + it).toList());
    return ProblemException.of(
        ProblemType.NOT_FOUND,
        field,
        written,
        "a bookmark of %s (GET /api/v1/vsmmus/%s/notes)%s"
            .formatted(vsmmu.name(), vsmmu.name(), near));
  }
}
