package io.vsmmu.bench;

import io.vsmmu.bench.Bench.Ratio;
import io.vsmmu.control.log.AxonDecisionLog;
import io.vsmmu.db.EventDatabase;
import io.vsmmu.smmu.aggregate.Applied;
import io.vsmmu.smmu.event.CommandsConsumed;
import io.vsmmu.smmu.stimulus.Durability;
import io.vsmmu.smmu.wire.EventCodec;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/** P1, P2 and P8: doorbells of 64 entries, durable, with the host call. */
final class Doorbells {

  private static final int GUESTS = 32;
  private static final double SECONDS = 4;
  private static final double WARM_UP_SECONDS = 5;
  private static final int SINGLE = 4000;

  private final EventDatabase database;
  private final RawInserts raw;

  Doorbells(EventDatabase database, RawInserts raw) {
    this.database = database;
    this.raw = raw;
  }

  List<Ratio> measure() throws Exception {
    List<Ratio> ratios = new ArrayList<>();
    try (AxonDecisionLog decisionLog = new AxonDecisionLog(database)) {
      byte[] payload = payload(decisionLog);
      storm(decisionLog, "warm", 1, WARM_UP_SECONDS);
      storm(decisionLog, "warmer", 8, WARM_UP_SECONDS);
      raw.rowsPerSecond(GUESTS, payload, 1);
      double rawRows = raw.rowsPerSecond(GUESTS, payload, SECONDS);
      for (int inFlight : new int[] {1, 8, 64}) {
        double doorbells = storm(decisionLog, "storm" + inFlight, inFlight, SECONDS);
        ratios.add(
            new Ratio(
                "P1",
                "durable entries/s, 32 vSMMUs, %d posted doorbells each".formatted(inFlight),
                doorbells * Guest.ENTRIES,
                rawRows * Guest.ENTRIES,
                inFlight == 1 ? new Goal.AtLeast(4) : Goal.NONE));
      }
      ratios.add(single(decisionLog, payload, Durability.COMMITTED, new Goal.AtMost(1)));
      ratios.add(single(decisionLog, payload, Durability.JOURNALED, new Goal.AtMost(0.25)));
      ratios.addAll(storedBytes(decisionLog));
    }
    return ratios;
  }

  private byte[] payload(AxonDecisionLog decisionLog) {
    try (Guest guest = new Guest(database, decisionLog, "sample")) {
      Applied applied = guest.ring();
      return EventCodec.encode((CommandsConsumed) applied.decided().events().getFirst());
    }
  }

  /** Doorbells per second over all guests. */
  private double storm(AxonDecisionLog decisionLog, String name, int inFlight, double seconds)
      throws InterruptedException {
    List<Guest> guests = new ArrayList<>();
    for (int i = 0; i < GUESTS; i++) {
      guests.add(new Guest(database, decisionLog, name + "-" + i));
    }
    AtomicLong doorbells = new AtomicLong();
    long start = System.nanoTime();
    long end = start + (long) (seconds * 1e9);
    List<Thread> workers = new ArrayList<>();
    for (Guest guest : guests) {
      // A connection of a VMM has a platform thread.
      workers.add(
          Thread.ofPlatform().start(() -> doorbells.addAndGet(ringUntil(guest, inFlight, end))));
    }
    for (Thread worker : workers) {
      worker.join();
    }
    double taken = (System.nanoTime() - start) / 1e9;
    guests.forEach(Guest::close);
    return doorbells.get() / taken;
  }

  private static long ringUntil(Guest guest, int inFlight, long end) {
    Deque<CompletableFuture<Applied>> posted = new ArrayDeque<>();
    long count = 0;
    while (inFlight == 1 && System.nanoTime() < end) {
      guest.ring();
      count++;
    }
    while (System.nanoTime() < end) {
      posted.add(guest.post());
      if (posted.size() >= inFlight) {
        posted.removeFirst().join();
        count++;
      }
    }
    while (!posted.isEmpty()) {
      posted.removeFirst().join();
      count++;
    }
    return count;
  }

  private Ratio single(
      AxonDecisionLog decisionLog, byte[] payload, Durability durability, Goal goal)
      throws SQLException {
    String name = "single-" + durability;
    try (Guest guest = new Guest(database, decisionLog, name, durability)) {
      median(guest);
      double service = median(guest);
      double reference = raw.medianMicros(payload, SINGLE);
      double again = median(guest);
      return new Ratio(
          "P2",
          "p50 us of one doorbell with its host call, 1 vSMMU, %s"
              .formatted(durability.name().toLowerCase(Locale.ROOT)),
          Math.min(service, again),
          reference,
          goal);
    }
  }

  private static double median(Guest guest) {
    long[] nanos = new long[SINGLE];
    for (int i = 0; i < SINGLE; i++) {
      long start = System.nanoTime();
      guest.ring();
      nanos[i] = System.nanoTime() - start;
    }
    return RawInserts.median(nanos);
  }

  private List<Ratio> storedBytes(AxonDecisionLog decisionLog) throws SQLException {
    awaitShipped();
    long before = size();
    long journaled = database.writer().counters().journalBytes();
    long doorbells = 20_000;
    try (Guest guest = new Guest(database, decisionLog, "stored")) {
      for (int i = 0; i < doorbells; i++) {
        guest.ring();
      }
    }
    awaitShipped();
    double entries = doorbells * Guest.ENTRIES;
    double inJournal = (database.writer().counters().journalBytes() - journaled) / entries;
    double inDatabase = (size() - before) / entries;
    return List.of(
        new Ratio(
            "P8",
            "bytes in PostgreSQL per command entry, indexes included",
            inDatabase,
            1,
            new Goal.AtMost(24)),
        new Ratio(
            "P8", "bytes in the journal per command entry", inJournal, 1, new Goal.AtMost(40)));
  }

  private void awaitShipped() {
    database.writer().awaitShipped(database.log().headPosition());
  }

  private long size() throws SQLException {
    try (Connection connection = database.pool().getConnection();
        Statement statement = connection.createStatement();
        ResultSet size =
            statement.executeQuery(
                "SELECT sum(pg_total_relation_size(inhrelid)) FROM pg_inherits"
                    + " WHERE inhparent = 'event'::regclass")) {
      size.next();
      return size.getLong(1);
    }
  }
}
