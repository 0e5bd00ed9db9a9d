package io.vsmmu.db;

import com.zaxxer.hikari.util.DriverDataSource;
import io.vsmmu.db.axon.PayloadCodec;
import io.vsmmu.db.axon.PostgresEventStorageEngine;
import io.vsmmu.db.embedded.Availability;
import io.vsmmu.db.log.ChainVerifier;
import io.vsmmu.db.log.EventLog;
import io.vsmmu.db.log.EventLogLimits;
import io.vsmmu.db.log.HeadSignal;
import io.vsmmu.db.log.Notes;
import io.vsmmu.db.log.Snapshots;
import io.vsmmu.db.log.Tail;
import io.vsmmu.db.log.VsmmuRegistry;
import io.vsmmu.db.write.JournalSettings;
import io.vsmmu.db.write.LogWriter;
import java.time.Duration;
import java.util.Properties;
import javax.sql.DataSource;
import org.postgresql.Driver;
import org.postgresql.PGProperty;

/**
 * The event log in one PostgreSQL database, assembled from its parts: the migrated schema, the
 * writer with its journal, a connection pool for readers, the registry and the snapshots. Owns the
 * writer and the pool. Thread-safe.
 */
public final class EventDatabase implements AutoCloseable {

  /** How long a reader waits for a pooled connection; then it fails with a {@code SQLException}. */
  public static final Duration CONNECTION_WAIT = Duration.ofSeconds(5);

  private final ReadersPool pool;
  private final EventLogLimits limits;
  private final Availability availability;
  private final LogWriter writer;
  private final EventLog log;
  private final EventLog shippedLog;
  private final EventLog followedLog;
  private final VsmmuRegistry registry;
  private final Snapshots snapshots;
  private final Notes notes;

  private EventDatabase(
      ReadersPool pool,
      LogWriter writer,
      HeadSignal signal,
      EventLogLimits limits,
      Availability availability) {
    this.pool = pool;
    this.limits = limits;
    this.availability = availability;
    this.writer = writer;
    this.log = new EventLog(pool, writer.tail(), signal, limits);
    this.shippedLog = new EventLog(pool, Tail.IGNORED, signal, limits);
    this.followedLog = new EventLog(pool, writer.tailOfStoppedDatabase(), signal, limits);
    this.registry = new VsmmuRegistry(pool, availability);
    this.snapshots = new Snapshots(pool);
    this.notes = new Notes(pool);
  }

  /**
   * Migrates the schema of the event log and opens it for reading and writing.
   *
   * @param jdbcUrl URL, with user and password if the server asks for them
   * @param journal is opened with the database; its tail is written to it
   * @throws io.vsmmu.db.write.LogLockedException if another process writes the log
   * @throws io.vsmmu.journal.JournalRefusedException if the journal does not belong to the
   *     database, or acknowledged events are missing
   * @throws org.flywaydb.core.api.FlywayException if the database cannot be reached or a migration
   *     fails
   * @throws org.axonframework.eventsourcing.eventstore.EventStoreException if the database becomes
   *     unreachable after the migration
   */
  public static EventDatabase open(String jdbcUrl, JournalSettings journal, EventLogLimits limits) {
    return open(jdbcUrl, journal, limits, Availability.UNWATCHED);
  }

  /**
   * As {@link #open(String, JournalSettings, EventLogLimits)}, for a database with a supervisor.
   *
   * @param availability reports of the supervisor: while it reports the database unavailable,
   *     readers fail at once, and while it reports no space, appends do
   */
  public static EventDatabase open(
      String jdbcUrl, JournalSettings journal, EventLogLimits limits, Availability availability) {
    ConnectionAddress address = ConnectionAddress.of(jdbcUrl);
    DataSource unpooled = unpooled(address);
    Migrations.run(unpooled);
    HeadSignal signal = new HeadSignal();
    ReadersPool pool = new ReadersPool(address, limits, availability);
    try {
      LogWriter writer = LogWriter.open(unpooled, pool, journal, signal, limits, availability);
      return new EventDatabase(pool, writer, signal, limits, availability);
    } catch (RuntimeException e) {
      pool.close();
      throw e;
    }
  }

  /** Opens a connection with each request: the writer keeps its own for as long as it works. */
  private static DataSource unpooled(ConnectionAddress address) {
    Properties parameters = new Properties();
    parameters.putAll(address.parameters());
    parameters.setProperty(PGProperty.TCP_KEEP_ALIVE.getName(), "true");
    parameters.setProperty(PGProperty.APPLICATION_NAME.getName(), "vsmmu-writer");
    return new DriverDataSource(address.url(), Driver.class.getName(), parameters, null, null);
  }

  /** What the supervisor reports about the database; does not block. */
  public Availability availability() {
    return availability;
  }

  /**
   * The readers' pool, for the tables of other modules too. At most {@link
   * EventLogLimits#poolConnections()} connections; waits for one up to {@link #CONNECTION_WAIT}.
   */
  public DataSource pool() {
    return pool;
  }

  public LogWriter writer() {
    return writer;
  }

  /** The log with everything that is acknowledged, in the database or in the journal. */
  public EventLog log() {
    return log;
  }

  /** The log as far as the database holds it, for followers, which receive the rest later. */
  public EventLog shippedLog() {
    return shippedLog;
  }

  /**
   * The log for followers that show events to people: what the database holds, and what the journal
   * holds as well while the database takes nothing. Reading it does not make the writer write small
   * batches.
   */
  public EventLog followedLog() {
    return followedLog;
  }

  public VsmmuRegistry registry() {
    return registry;
  }

  public Snapshots snapshots() {
    return snapshots;
  }

  public Notes notes() {
    return notes;
  }

  public ChainVerifier verifier() {
    return new ChainVerifier(pool, log);
  }

  /**
   * A storage engine for Axon on this log.
   *
   * @param codec encodes and decodes the payloads of events and snapshots
   * @param aggregateType name of the aggregate type that its messages carry
   */
  public PostgresEventStorageEngine storageEngine(PayloadCodec codec, String aggregateType) {
    return new PostgresEventStorageEngine(
        writer, log, registry, snapshots, codec, aggregateType, limits);
  }

  /** Writes the journal's tail if the database takes it, and closes every connection. */
  @Override
  public void close() {
    try (pool) {
      writer.close();
    }
  }
}
