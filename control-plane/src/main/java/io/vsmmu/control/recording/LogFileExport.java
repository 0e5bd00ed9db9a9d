package io.vsmmu.control.recording;

import io.vsmmu.boundary.Boundaries;
import io.vsmmu.control.request.RequestRefusedException;
import io.vsmmu.control.request.RequestRefusedException.Kind;
import io.vsmmu.db.EventDatabase;
import io.vsmmu.db.log.EventLog;
import io.vsmmu.db.log.Micros;
import io.vsmmu.db.log.Note;
import io.vsmmu.db.log.Notes;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.db.log.StoredEvent;
import io.vsmmu.projections.travel.TimeTravel;
import io.vsmmu.recordings.log.LogFileWriter;
import io.vsmmu.recordings.log.LogHeader;
import io.vsmmu.recordings.log.LogNote;
import io.vsmmu.recordings.log.LogRecord;
import io.vsmmu.recordings.log.PartOfLog;
import io.vsmmu.smmu.event.PartImported;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.wire.EventCodec;
import io.vsmmu.smmu.wire.SnapshotCodec;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;

/**
 * Writes the log of a vSMMU with its notes, or a part of it, into a file, which can be imported
 * again. A part that does not begin with the first event has the state before its own first event
 * with it.
 */
final class LogFileExport {

  /** The exporting program in the header of the file. */
  static final String EXPORTER = "vsmmu 0.1";

  private final EventDatabase database;

  LogFileExport(EventDatabase database) {
    this.database = database;
  }

  /** Writes the whole log, as long as it is when the notes have been read. */
  void write(RegisteredVsmmu vsmmu, OutputStream out) throws IOException {
    // The notes first: each is about an event that the log has by now.
    List<LogNote> notes = notes(vsmmu, 0, Long.MAX_VALUE);
    long last = database.log().lastSequence(vsmmu.id()).orElse(-1);
    write(vsmmu, 0, last, notes, out);
  }

  /**
   * Writes a part.
   *
   * @param first sequence of its first event
   * @param last sequence of its last event, which exists
   */
  void write(RegisteredVsmmu vsmmu, long first, long last, OutputStream out) throws IOException {
    write(vsmmu, first, last, notes(vsmmu, first, last), out);
  }

  private void write(
      RegisteredVsmmu vsmmu, long first, long last, List<LogNote> notes, OutputStream out)
      throws IOException {
    Optional<StoredEvent> beginning = states().importedPart(vsmmu.id());
    if (beginning.isPresent() && first <= beginning.get().sequence()) {
      long next = beginning.get().sequence() + 1;
      write(
          vsmmu,
          next,
          last,
          new LogFileWriter(out, header(vsmmu), notes, importedPart(vsmmu, beginning.get(), last)));
    } else {
      write(
          vsmmu,
          first,
          last,
          first == 0
              ? new LogFileWriter(out, header(vsmmu), notes)
              : new LogFileWriter(out, header(vsmmu), notes, part(vsmmu.id(), first, last)));
    }
  }

  private TimeTravel states() {
    return new TimeTravel(database.log(), database.snapshots());
  }

  /**
   * A part that begins as the log itself, which is a part. All of it is the file that was imported,
   * byte for byte, if it has the name of the log there. Less, or under another name, has the
   * positions of the log that it is written from, as every part has.
   */
  private PartOfLog importedPart(RegisteredVsmmu vsmmu, StoredEvent beginning, long last) {
    if (!(EventCodec.decode(beginning.type(), beginning.payload()) instanceof PartImported part)) {
      throw new IllegalArgumentException("The event does not begin a part of a log");
    }
    long next = beginning.sequence() + 1;
    boolean all = last == database.log().lastSequence(vsmmu.id()).orElseThrow();
    if (all && part.vsmmu().equals(vsmmu.name())) {
      return new PartOfLog(
          next,
          part.firstPosition(),
          part.lastPosition(),
          part.events(),
          beginning.hash(),
          SnapshotCodec.TYPE,
          SnapshotCodec.encode((VsmmuState) part.state()));
    }
    // Without an event behind it, the beginning is all that the part has.
    return partOf(
        vsmmu.id(), next, Math.min(next, last), last, beginning.hash(), (VsmmuState) part.state());
  }

  private static LogHeader header(RegisteredVsmmu vsmmu) {
    return new LogHeader(vsmmu.name(), vsmmu.originMicros(), EXPORTER);
  }

  private List<LogNote> notes(RegisteredVsmmu vsmmu, long first, long last) {
    return database.notes().page(vsmmu.id(), 0, Notes.MOST).stream()
        .filter(note -> note.sequence() >= first && note.sequence() <= last)
        .map(note -> note(note, vsmmu.originMicros()))
        .toList();
  }

  private void write(RegisteredVsmmu vsmmu, long first, long last, LogFileWriter writer)
      throws IOException {
    long[] next = {first};
    try {
      database
          .log()
          .read(
              vsmmu.id(),
              first,
              last,
              event -> {
                if (event.sequence() != next[0]) {
                  throw withoutEvent(vsmmu, next[0]);
                }
                next[0]++;
                write(writer, event, vsmmu.originMicros());
                Boundaries.reached(ExportBoundary.RECORD_WRITTEN);
              });
    } catch (UncheckedIOException gone) {
      throw gone.getCause();
    }
    Boundaries.reached(ExportBoundary.RECORDS_WRITTEN);
    writer.finish();
  }

  /** A file with a gap would be of no use: neither {@code import} nor {@code verify} take it. */
  private static RequestRefusedException withoutEvent(RegisteredVsmmu vsmmu, long sequence) {
    return new RequestRefusedException(
        Kind.CONFLICT,
        "name",
        vsmmu.name(),
        ("a log with all of its events: the one with sequence %d is missing; a part without it can"
                + " be exported")
            .formatted(sequence));
  }

  private PartOfLog part(int vsmmu, long first, long last) {
    StoredEvent before = database.log().readPage(vsmmu, first - 1, 1).getFirst();
    return partOf(vsmmu, first, first, last, before.hash(), states().before(vsmmu, first));
  }

  /**
   * What a file says about the part that it has.
   *
   * @param next sequence of the event behind the state
   * @param first sequence of the event whose position is the part's first one
   * @param last sequence of its last event
   * @param hash of the last event before the part
   * @param state before the part
   */
  private PartOfLog partOf(
      int vsmmu, long next, long first, long last, byte[] hash, VsmmuState state) {
    EventLog log = database.log();
    return new PartOfLog(
        next,
        log.positionOf(vsmmu, first).orElseThrow(),
        log.positionOf(vsmmu, last).orElseThrow(),
        log.lastSequence(vsmmu).orElseThrow() + 1,
        hash,
        SnapshotCodec.TYPE,
        SnapshotCodec.encode(state));
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
