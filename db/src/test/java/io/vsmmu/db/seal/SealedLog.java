package io.vsmmu.db.seal;

import io.vsmmu.db.EventDatabase;
import io.vsmmu.db.log.AppendDurability;
import io.vsmmu.db.log.EventLogLimits;
import io.vsmmu.db.log.HashChain;
import io.vsmmu.db.log.NewEvent;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.db.log.RegisteredVsmmu.ImportStatus;
import io.vsmmu.db.write.Appended;
import io.vsmmu.db.write.BulkAppender;
import io.vsmmu.db.write.JournalSettings;
import io.vsmmu.testing.TestPostgres;
import io.vsmmu.transparency.Checkpoint;
import io.vsmmu.transparency.SignedNote;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.postgresql.ds.PGSimpleDataSource;

/** A log with a sealer: what a service has of both. */
final class SealedLog implements AutoCloseable {

  static final long ORIGIN = 1_700_000_000_000_000L;

  /** Positions of one segment. */
  static final int EVENTS = 8;

  private static final Duration WAIT = Duration.ofSeconds(60);

  final String url;
  final SealSettings settings;
  final EventDatabase database;
  final Sealer sealer;

  private SealedLog(String url, SealSettings settings) throws IOException {
    this.url = url;
    this.settings = settings;
    this.database =
        EventDatabase.open(
            url, JournalSettings.in(TestPostgres.journal(url)), EventLogLimits.DEFAULTS);
    this.sealer = new Sealer(database, settings);
    sealer.start();
  }

  static SealedLog open(String url, Path folder) throws IOException {
    // Segments are full or none, so that a test decides what they have.
    return open(url, settings(folder, Duration.ofHours(1)));
  }

  static SealedLog open(String url, SealSettings settings) throws IOException {
    return new SealedLog(url, settings);
  }

  static SealSettings settings(Path folder, Duration interval) {
    SealSettings defaults = SealSettings.in(folder);
    return new SealSettings(defaults.keyFile(), defaults.checkpointFile(), "", EVENTS, interval);
  }

  RegisteredVsmmu vsmmu(String name) {
    return database.registry().register(name, UUID.randomUUID(), ORIGIN);
  }

  /** Appends events with sequences from a first one on. */
  Appended append(RegisteredVsmmu vsmmu, int first, int count) {
    List<NewEvent> events = new ArrayList<>();
    for (int i = first; i < first + count; i++) {
      events.add(event(i, ORIGIN + i * 1000L));
    }
    Appended appended = database.writer().append(vsmmu.id(), events, AppendDurability.SYNCED);
    database.writer().awaitShipped(appended.lastPosition());
    return appended;
  }

  static NewEvent event(int sequence, long time) {
    Long cause = sequence == 0 ? null : (Long) (sequence - 1L);
    return new NewEvent(
        sequence,
        time,
        3,
        cause,
        sequence % 2 == 0 ? "admin" : null,
        new byte[] {(byte) sequence, 7});
  }

  /** A vSMMU whose log is an imported part: an event with a state, and one behind it. */
  RegisteredVsmmu part(String name) {
    RegisteredVsmmu vsmmu =
        database.registry().register(name, UUID.randomUUID(), ORIGIN, ImportStatus.IMPORTING);
    NewEvent begins =
        new NewEvent(4, ORIGIN, HashChain.PART_IMPORTED, null, null, new byte[] {1, 2});
    BulkAppender bulk = database.writer().bulk(vsmmu.id());
    bulk.begin(begins, new byte[HashChain.HASH_BYTES]);
    bulk.add(event(5, ORIGIN + 5));
    bulk.finish();
    return vsmmu;
  }

  void awaitSize(long size) {
    await(() -> sealer.status().size() >= size);
    // The file is written behind the database, and may be repaired before.
    await(() -> tail().contains("\n" + sealer.status().size() + "\n"));
  }

  void await(BooleanSupplier reached) {
    long deadline = System.nanoTime() + WAIT.toNanos();
    while (!reached.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("not reached: " + sealer.status());
      }
      try {
        Thread.sleep(20);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  private String tail() {
    try {
      return Files.exists(settings.checkpointFile())
          ? Files.readString(settings.checkpointFile())
          : "";
    } catch (IOException unreadable) {
      throw new AssertionError(unreadable);
    }
  }

  /** The checkpoints in the file. */
  List<Checkpoint> checkpoints() {
    return checkpoints(settings);
  }

  static List<Checkpoint> checkpoints(SealSettings settings) {
    try {
      List<Checkpoint> all = new ArrayList<>();
      if (Files.exists(settings.checkpointFile())) {
        for (SignedNote note : SignedNote.parseAll(Files.readString(settings.checkpointFile()))) {
          all.add(Checkpoint.parse(note.text()));
        }
      }
      return all;
    } catch (Exception unreadable) {
      throw new AssertionError(unreadable);
    }
  }

  static HistoryVerdict verify(String url, List<Checkpoint> known) {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setURL(url);
    return new HistoryVerifier(source).verify(known);
  }

  @Override
  public void close() {
    sealer.close();
    database.close();
  }
}
