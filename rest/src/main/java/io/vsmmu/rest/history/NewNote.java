package io.vsmmu.rest.history;

import io.swagger.v3.oas.annotations.media.Schema;
import io.vsmmu.db.log.BookmarkName;
import io.vsmmu.db.log.Notes;
import io.vsmmu.rest.problem.ProblemException;
import io.vsmmu.rest.problem.ProblemType;
import io.vsmmu.rest.value.GivenPosition;
import io.vsmmu.rest.value.LogPoints;
import io.vsmmu.rest.value.NumberText;
import io.vsmmu.rest.value.PlainText;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.annotation.JsonDeserialize;

/** The body of {@code POST /vsmmus/{name}/notes}. */
@Schema(name = "NewNote")
record NewNote(
    @Nullable
        @JsonDeserialize(using = NumberText.class)
        @Schema(
            requiredMode = Schema.RequiredMode.REQUIRED,
            description =
                "Position of the event that it is about, or a bookmark (@nic-stops); between two"
                    + " events of this vSMMU, the earlier one",
            example = "67")
        String position,
    @Nullable
        @JsonDeserialize(using = PlainText.class)
        @Schema(
            description =
                "Name of the moment, of which the vSMMU has one: letters, digits, '.', '_' and '-',"
                    + " at most 128; absent for none",
            example = "nic-stops")
        String bookmark,
    @Nullable
        @JsonDeserialize(using = PlainText.class)
        @Schema(
            description =
                "At most 4000 characters (Unicode code points); may be absent with a bookmark")
        String text) {

  GivenPosition givenPosition() {
    String text = ProblemException.required("position", position, "a position of the log");
    GivenPosition given = LogPoints.positionInField("position", text);
    if (given.equals(GivenPosition.at(0))) {
      throw ProblemException.invalid("position", text, "a position from 1, or a bookmark");
    }
    return given;
  }

  String givenBookmark() {
    if (bookmark == null) {
      return "";
    }
    if (!BookmarkName.isAllowed(bookmark)) {
      throw ProblemException.invalid("bookmark", bookmark, BookmarkName.ALLOWED);
    }
    return bookmark;
  }

  String givenText() {
    String given = text == null ? "" : text;
    if (given.isBlank() && bookmark == null) {
      throw ProblemException.of(ProblemType.MISSING_FIELD, "text", null, "a text, or a bookmark");
    }
    int length = Notes.length(given);
    if (length > Notes.TEXT_CHARS) {
      throw ProblemException.invalid(
          "text", "%d characters".formatted(length), "at most %d".formatted(Notes.TEXT_CHARS));
    }
    return given;
  }
}
