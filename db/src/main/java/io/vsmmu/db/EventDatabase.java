package io.vsmmu.db;

import io.vsmmu.db.axon.PayloadCodec;
import io.vsmmu.db.axon.PostgresEventStorageEngine;
import io.vsmmu.db.log.Availability;
import io.vsmmu.db.log.ChainVerifier;
import io.vsmmu.db.log.EventLog;
import io.vsmmu.db.log.EventLogLimits;
import io.vsmmu.db.log.HeadSignal;
import io.vsmmu.db.log.Snapshots;
import io.vsmmu.db.log.VsmmuRegistry;
import io.vsmmu.db.schema.Migrations;
import io.vsmmu.db.write.LogWriter;
import java.time.Duration;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * The event log of one PostgreSQL database with everything that belongs to it: migrated, opened for
 * writing, with a pool for readers. Its parts can be had without it; this is the short way.
 */
public final class EventDatabase implements AutoCloseable {

  /** How long a reader waits for a connection before it is told that there is none. */
  public static final Duration CONNECTION_WAIT = Duration.ofSeconds(5);

  private final ReadersPool pool;
  private final EventLogLimits limits;
  private final Availability availability;
  private final LogWriter writer;
  private final EventLog log;
  private final VsmmuRegistry registry;
  private final Snapshots snapshots;

  private EventDatabase(
      ReadersPool pool,
      LogWriter writer,
      EventLog log,
      EventLogLimits limits,
      Availability availability) {
    this.pool = pool;
    this.limits = limits;
    this.availability = availability;
    this.writer = writer;
    this.log = log;
    this.registry = new VsmmuRegistry(pool);
    this.snapshots = new Snapshots(pool);
  }

  /**
   * Migrates and opens.
   *
   * @param jdbcUrl URL with user and password if they are needed
   * @throws io.vsmmu.db.write.LogLockedException if another process writes the log
   * @throws org.axonframework.eventsourcing.eventstore.EventStoreException if it cannot be reached
   */
  public static EventDatabase open(String jdbcUrl, EventLogLimits limits) {
    return open(jdbcUrl, limits, Availability.UNWATCHED);
  }

  /**
   * The same for a database that somebody watches over.
   *
   * @param availability what is known of it; nobody waits for what is known to be away
   */
  public static EventDatabase open(
      String jdbcUrl, EventLogLimits limits, Availability availability) {
    PGSimpleDataSource unpooled = new PGSimpleDataSource();
    unpooled.setURL(jdbcUrl);
    unpooled.setTcpKeepAlive(true);
    unpooled.setApplicationName("vsmmu-writer");
    Migrations.run(unpooled);
    HeadSignal signal = new HeadSignal();
    ReadersPool pool = new ReadersPool(jdbcUrl, limits, availability);
    try {
      LogWriter writer = LogWriter.open(unpooled, signal, limits, availability);
      return new EventDatabase(
          pool, writer, new EventLog(pool, signal, limits), limits, availability);
    } catch (RuntimeException e) {
      pool.close();
      throw e;
    }
  }

  /** What is known of the database without asking it. */
  public Availability availability() {
    return availability;
  }

  /** The readers' pool. */
  public DataSource pool() {
    return pool;
  }

  /** The writer. */
  public LogWriter writer() {
    return writer;
  }

  /** The log for reading. */
  public EventLog log() {
    return log;
  }

  /** The vSMMUs. */
  public VsmmuRegistry registry() {
    return registry;
  }

  /** Snapshots of vSMMU states. */
  public Snapshots snapshots() {
    return snapshots;
  }

  /** Verification of hash chains. */
  public ChainVerifier verifier() {
    return new ChainVerifier(pool, log);
  }

  /** Axon's storage engine for aggregates of one type. */
  public PostgresEventStorageEngine storageEngine(PayloadCodec codec, String aggregateType) {
    return new PostgresEventStorageEngine(
        writer, log, registry, snapshots, codec, aggregateType, limits);
  }

  /** Writes what waits and closes every connection. */
  @Override
  public void close() {
    try (pool) {
      writer.close();
    }
  }
}
