package io.vsmmu.control.recording;

import io.vsmmu.db.EventDatabase;
import io.vsmmu.db.log.Micros;
import io.vsmmu.db.log.Note;
import io.vsmmu.db.log.Notes;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.db.log.StoredEvent;
import io.vsmmu.recordings.log.LogFileWriter;
import io.vsmmu.recordings.log.LogHeader;
import io.vsmmu.recordings.log.LogNote;
import io.vsmmu.recordings.log.LogRecord;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.List;

/** Writes the log of a vSMMU with its notes into a file that can be imported again. */
final class LogFileExport {

  /** The exporting program in the header of the file. */
  static final String EXPORTER = "vsmmu 0.1";

  private final EventDatabase database;

  LogFileExport(EventDatabase database) {
    this.database = database;
  }

  void write(RegisteredVsmmu vsmmu, OutputStream out) throws IOException {
    // The notes first: each is about an event that the log has by now.
    List<LogNote> notes =
        database.notes().page(vsmmu.id(), 0, Notes.MOST).stream()
            .map(note -> note(note, vsmmu.originMicros()))
            .toList();
    LogFileWriter writer =
        new LogFileWriter(out, new LogHeader(vsmmu.name(), vsmmu.originMicros(), EXPORTER), notes);
    long last = database.log().lastSequence(vsmmu.id()).orElse(-1);
    try {
      database.log().read(vsmmu.id(), 0, last, event -> write(writer, event, vsmmu.originMicros()));
    } catch (UncheckedIOException gone) {
      throw gone.getCause();
    }
    writer.finish();
  }

  private static LogNote note(Note note, long origin) {
    return new LogNote(
        note.sequence(),
        Micros.of(note.written()) - origin,
        note.author(),
        note.bookmark(),
        note.text());
  }

  private static void write(LogFileWriter writer, StoredEvent event, long origin) {
    Long cause = event.cause();
    String subject = event.subject();
    try {
      writer.write(
          new LogRecord(
              event.sequence(),
              event.timeMicros() - origin,
              event.type(),
              cause == null ? LogRecord.NO_CAUSE : cause,
              subject == null ? "" : subject,
              event.payload(),
              event.hash()));
    } catch (IOException gone) {
      throw new UncheckedIOException(gone);
    }
  }
}
