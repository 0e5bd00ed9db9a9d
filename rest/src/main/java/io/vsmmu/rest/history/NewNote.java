package io.vsmmu.rest.history;

import io.swagger.v3.oas.annotations.media.Schema;
import io.vsmmu.db.log.Notes;
import io.vsmmu.projections.travel.LogPoint;
import io.vsmmu.rest.problem.ProblemException;
import io.vsmmu.rest.problem.ProblemType;
import io.vsmmu.rest.value.NumberText;
import io.vsmmu.rest.value.Numbers;
import io.vsmmu.rest.value.PlainText;
import java.util.regex.Pattern;
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
                "Position of the event that it is about; between two events of this vSMMU, the"
                    + " earlier one",
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
        @Schema(description = "At most 4000 characters; may be absent with a bookmark")
        String text) {

  private static final Pattern BOOKMARK =
      Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0," + (Notes.BOOKMARK_CHARS - 1) + "}");

  LogPoint givenPosition() {
    return LogPoint.position(
        Numbers.between(
            "position",
            ProblemException.required("position", position, "a position of the log"),
            1,
            Long.MAX_VALUE));
  }

  String givenBookmark() {
    if (bookmark == null) {
      return "";
    }
    if (!BOOKMARK.matcher(bookmark).matches()) {
      throw ProblemException.invalid(
          "bookmark",
          bookmark,
          "at most %d letters, digits, '.', '_' and '-', the first a letter or a digit"
              .formatted(Notes.BOOKMARK_CHARS));
    }
    return bookmark;
  }

  String givenText() {
    String given = text == null ? "" : text;
    if (given.isBlank() && bookmark == null) {
      throw ProblemException.of(ProblemType.MISSING_FIELD, "text", null, "a text, or a bookmark");
    }
    if (given.length() > Notes.TEXT_CHARS) {
      throw ProblemException.invalid(
          "text",
          "%d characters".formatted(given.length()),
          "at most %d".formatted(Notes.TEXT_CHARS));
    }
    return given;
  }
}
