package io.vsmmu.control.recording;

import io.vsmmu.boundary.Boundaries;
import io.vsmmu.control.recording.ImportProgress.Phase;
import io.vsmmu.control.recording.RecordingResult.ImportedLog;
import io.vsmmu.control.request.VsmmuNames;
import io.vsmmu.db.EventDatabase;
import io.vsmmu.db.log.HashChain;
import io.vsmmu.db.log.NewEvent;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.db.write.BulkAppender;
import io.vsmmu.problem.Problem;
import io.vsmmu.recordings.log.LogFileException;
import io.vsmmu.recordings.log.LogFileReader;
import io.vsmmu.recordings.log.LogHeader;
import io.vsmmu.recordings.log.LogItem;
import io.vsmmu.recordings.log.LogNote;
import io.vsmmu.recordings.log.LogRecord;
import io.vsmmu.recordings.log.PartOfLog;
import io.vsmmu.smmu.event.PartImported;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.model.Vsmmu.Fold;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.wire.EventCodec;
import io.vsmmu.smmu.wire.MalformedEventException;
import io.vsmmu.smmu.wire.SnapshotCodec;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Imports an exported log. The file is read twice: nothing is stored before every record, every
 * hash and the end of the file have been checked.
 */
final class LogFileImport {

  private final EventDatabase database;
  private final Path file;
  private final @Nullable String name;
  private final ImportRun run;

  /**
   * @param name for the vSMMU; null for the one in the file
   * @param run receives the progress, and says when to stop
   */
  LogFileImport(EventDatabase database, Path file, @Nullable String name, ImportRun run) {
    this.run = run;
    this.database = database;
    this.file = file;
    this.name = name;
  }

  RecordingResult read() throws IOException {
    try {
      run.enter(Phase.CHECKING, Files.size(file));
      VsmmuState end = check();
      run.enter(Phase.STORING, Files.size(file));
      return new RecordingResult.Imported(List.of(store(end)), 0, 0, 0, List.of());
    } catch (LogFileException damaged) {
      return refused("body", damaged.failure().message(), "an undamaged log file");
    } catch (MalformedEventException malformed) {
      return refused("body", String.valueOf(malformed.getMessage()), "events of this version");
    } catch (BrokenChain broken) {
      return refused("body", broken.text, "a log whose hash chain is intact");
    } catch (UnusablePart part) {
      return refused("body", part.text, part.allowed);
    } catch (ImportedNotes.UnusableNote unusable) {
      return refused("body", String.valueOf(unusable.getMessage()), "notes that a vSMMU can have");
    }
  }

  private static RecordingResult refused(String field, String value, String allowed) {
    return new RecordingResult.Refused(new Problem(field, value, allowed));
  }

  /** A record whose hash is not that of its content. */
  private static final class BrokenChain extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String text;

    BrokenChain(String text) {
      super(text);
      this.text = text;
    }
  }

  /** The file has a part of a log, and the state before it cannot be used. */
  private static final class UnusablePart extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String text;
    private final String allowed;

    UnusablePart(String text, String allowed) {
      super(text);
      this.text = text;
      this.allowed = allowed;
    }
  }

  /** The event with which the log of an imported part begins. */
  private static PartImported beginning(LogHeader header, PartOfLog part) {
    Optional<VsmmuState> state =
        part.stateType() == SnapshotCodec.TYPE
            ? SnapshotCodec.decode(part.state())
            : Optional.empty();
    if (state.isEmpty()) {
      throw new UnusablePart(
          "a part of the log of %s with a state that another version wrote"
              .formatted(header.name()),
          "a file whose state this version reads: export it again with this version; ./vsmmu verify"
              + " FILE checks its events");
    }
    if (state.get().events() != part.firstSequence()) {
      throw new UnusablePart(
          "a part from event %d on, with the state before event %d"
              .formatted(part.firstSequence(), state.get().events()),
          "the state before the first event of the part");
    }
    return new PartImported(
        header.name(), part.firstPosition(), part.lastPosition(), part.events(), state.get());
  }

  private VsmmuState check() throws IOException {
    HashChain chain = new HashChain();
    byte[] previous = HashChain.genesis();
    Fold fold = new Fold();
    try (InputStream in = open()) {
      LogFileReader reader = new LogFileReader(in);
      Optional<PartOfLog> part = reader.part();
      if (part.isPresent()) {
        fold.accept(beginning(reader.header(), part.get()));
        previous = part.get().previousHash();
      }
      LogItem item = reader.next();
      for (; item instanceof LogRecord record; item = reader.next()) {
        byte[] hash = chain.next(previous, 0, event(record, 0));
        if (!Arrays.equals(hash, record.hash())) {
          throw new BrokenChain("record " + record.sequence() + " does not have its hash");
        }
        if (record.sequence() != fold.state().events()) {
          throw new BrokenChain("the log begins with record " + record.sequence());
        }
        run.reached(record.sequence() + 1);
        VsmmuEvent event = EventCodec.decode(record.type(), record.payload());
        if (event instanceof PartImported) {
          throw new BrokenChain(
              "record %d begins a part of a log, which no record does"
                  .formatted(record.sequence()));
        }
        fold.accept(event);
        previous = hash;
      }
      ImportedNotes notes = new ImportedNotes(reader.header().originMicros());
      for (; item instanceof LogNote note; item = reader.next()) {
        notes.check(note);
      }
    }
    return fold.state();
  }

  private ImportedLog store(VsmmuState end) throws IOException {
    try (InputStream in = open()) {
      LogFileReader reader = new LogFileReader(in);
      LogHeader header = reader.header();
      String wanted = name != null ? name : VsmmuNames.forRecording(header.name());
      RegisteredVsmmu vsmmu =
          new VsmmuNames(database.registry()).registerNear(wanted, header.originMicros());
      long events;
      try {
        Boundaries.reached(ImportBoundary.REGISTERED);
        run.registered(List.of(vsmmu.name()));
        events = append(reader, vsmmu);
        run.commit();
        Boundaries.reached(ImportBoundary.STORED);
        database.registry().markImported(List.of(vsmmu.id()));
        Boundaries.reached(ImportBoundary.COMPLETED);
      } catch (IOException | RuntimeException failed) {
        ImportRollback.of(database.registry(), List.of(vsmmu.id()));
        throw failed;
      }
      return new ImportedLog(vsmmu, events, end);
    }
  }

  /** Appends the events of the file; returns their number. */
  private long append(LogFileReader reader, RegisteredVsmmu vsmmu) throws IOException {
    BulkAppender log = database.writer().bulk(vsmmu.id());
    LogItem item = reader.next();
    Optional<PartOfLog> part = reader.part();
    if (part.isPresent()) {
      long offset = item instanceof LogRecord first ? first.offsetMicros() : 0;
      PartImported beginning = beginning(reader.header(), part.get());
      log.begin(
          new NewEvent(
              part.get().firstSequence() - 1,
              vsmmu.originMicros() + offset,
              EventCodec.typeOf(beginning),
              null,
              null,
              EventCodec.encode(beginning)),
          part.get().previousHash());
    }
    for (; item instanceof LogRecord record; item = reader.next()) {
      run.reached(record.sequence() + 1);
      log.add(event(record, vsmmu.originMicros()));
      run.stored(0, 1);
    }
    log.finish();
    ImportedNotes notes = new ImportedNotes(vsmmu.originMicros());
    for (; item instanceof LogNote note; item = reader.next()) {
      notes.store(database, vsmmu.id(), note);
    }
    return log.events();
  }

  private static NewEvent event(LogRecord record, long origin) {
    return new NewEvent(
        record.sequence(),
        origin + record.offsetMicros(),
        record.type(),
        record.cause() == LogRecord.NO_CAUSE ? null : (Long) record.cause(),
        record.subject().isEmpty() ? null : record.subject(),
        record.payload());
  }

  private InputStream open() throws IOException {
    return new BufferedInputStream(ImportFileStream.open(file, run));
  }
}
