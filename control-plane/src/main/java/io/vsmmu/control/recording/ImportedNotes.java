package io.vsmmu.control.recording;

import io.vsmmu.db.EventDatabase;
import io.vsmmu.db.log.Micros;
import io.vsmmu.db.log.Note;
import io.vsmmu.db.log.Notes;
import io.vsmmu.recordings.log.LogNote;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;

/** The notes of a log file that is imported. */
final class ImportedNotes {

  /** The years that RFC 3339 can write. */
  private static final Instant FIRST = Instant.parse("0001-01-01T00:00:00Z");

  private static final Instant LAST = Instant.parse("9999-12-31T23:59:59Z");

  private final long originMicros;
  private final Set<String> bookmarks = new HashSet<>();

  /**
   * @param originMicros of the file, to which the times of its notes are relative
   */
  ImportedNotes(long originMicros) {
    this.originMicros = originMicros;
  }

  /** A note that the database cannot hold. */
  static final class UnusableNote extends RuntimeException {

    private static final long serialVersionUID = 1L;

    UnusableNote(String message) {
      super(message);
    }
  }

  /**
   * Checks a note of the file, in the order of the file.
   *
   * @throws UnusableNote if its time is out of range, its text is too long, or its bookmark is
   *     taken by an earlier one
   */
  void check(LogNote note) {
    Instant written = written(note);
    if (written.isBefore(FIRST) || written.isAfter(LAST)) {
      throw new UnusableNote(
          "the note at record %d was written in a year that is not 1 to 9999"
              .formatted(note.sequence()));
    }
    if ((note.author() + note.bookmark() + note.text()).indexOf('\0') >= 0) {
      throw new UnusableNote("the note at record %d has a NUL".formatted(note.sequence()));
    }
    if (Notes.length(note.text()) > Notes.TEXT_CHARS) {
      throw new UnusableNote(
          "the note at record %d has %d characters, at most %d are allowed"
              .formatted(note.sequence(), Notes.length(note.text()), Notes.TEXT_CHARS));
    }
    if (!note.bookmark().isEmpty() && !bookmarks.add(note.bookmark())) {
      throw new UnusableNote("two notes have the bookmark " + note.bookmark());
    }
  }

  /** Stores a note that was checked, about an event that is in the log by now. */
  void store(EventDatabase database, int vsmmu, LogNote note) {
    long position = database.log().positionOf(vsmmu, note.sequence()).orElseThrow();
    Note stored =
        new Note(
            0,
            note.sequence(),
            position,
            written(note),
            note.author(),
            note.bookmark(),
            note.text());
    if (database.notes().add(vsmmu, stored).isEmpty()) {
      throw new IllegalStateException("The note was checked, and is not stored: " + note);
    }
  }

  private Instant written(LogNote note) {
    return Micros.toInstant(originMicros + note.offsetMicros());
  }
}
