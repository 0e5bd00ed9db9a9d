package io.vsmmu.debugger.timeline;

import io.vsmmu.db.log.EventLog;
import io.vsmmu.db.log.Micros;
import io.vsmmu.db.log.StoredEvent;
import io.vsmmu.projections.model.Tables;
import io.vsmmu.projections.query.Keyset.Span;
import io.vsmmu.projections.query.SequenceSpans;
import io.vsmmu.projections.travel.LogEvent;
import io.vsmmu.projections.travel.LogPoint;
import io.vsmmu.smmu.event.PartImported;
import io.vsmmu.smmu.event.StreamConfigured;
import io.vsmmu.smmu.model.StreamState;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.wire.EventCodec;
import io.vsmmu.smmu.wire.EventKind;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Queries for what the streams of a vSMMU met over a range of its log. A stream whose
 * configurations are at most as many as the parts that are asked for costs one read of an index; of
 * another one the first and the last configuration of each part are looked up, so that the cost
 * does not depend on the length of the log. Thread-safe.
 */
public final class StreamLives {

  /** The configurations of one stream. */
  private static final String CONFIGURATIONS =
      " FROM stream_history WHERE vsmmu = ? AND sid = ? AND type = "
          + EventKind.STREAM_CONFIGURED.number();

  private static final String COLUMNS =
      "SELECT position, time_us, position, time_us, type, payload";

  /** Jumps from one StreamID of the index to the next. */
  private static final String STREAMS =
      """
      WITH RECURSIVE known(sid) AS (
        (SELECT sid FROM stream_history WHERE vsmmu = ? ORDER BY sid LIMIT 1)
        UNION ALL
        SELECT (SELECT sid FROM stream_history
                WHERE vsmmu = ? AND sid > known.sid ORDER BY sid LIMIT 1)
        FROM known WHERE known.sid IS NOT NULL)
      SELECT sid FROM known WHERE sid IS NOT NULL LIMIT ?
      """;

  private static final String PARTS =
      "SELECT one.position, one.time_us, two.position, two.time_us, two.type, two.payload"
          + " FROM generate_series(?::bigint, ?, ?) AS part(begins)"
          + " CROSS JOIN LATERAL (SELECT position, time_us"
          + CONFIGURATIONS
          + " AND position BETWEEN part.begins AND least(part.begins + ? - 1, ?)"
          + " ORDER BY position LIMIT 1) one"
          + " CROSS JOIN LATERAL (SELECT position, time_us, type, payload"
          + CONFIGURATIONS
          + " AND position BETWEEN part.begins AND least(part.begins + ? - 1, ?)"
          + " ORDER BY position DESC LIMIT 1) two"
          + " ORDER BY part.begins";

  private final Tables tables;
  private final EventLog log;
  private final SequenceSpans spans;

  public StreamLives(DataSource dataSource, EventLog log) {
    this.tables = new Tables(dataSource);
    this.log = log;
    this.spans = new SequenceSpans(log);
  }

  /**
   * The lives of the streams that the guest or a device gave a configuration up to the end of the
   * range.
   *
   * @param from first event, inclusive; null for the beginning of the log
   * @param to last event, inclusive; null for the end of the log
   * @param parts most parts of each life that begin in the range, 1 to {@link
   *     TimelineLimits#BUCKETS}
   * @return at most {@link TimelineLimits#STREAMS}, those with the lowest StreamIDs
   */
  public List<StreamLife> of(int vsmmu, @Nullable LogPoint from, @Nullable LogPoint to, int parts) {
    Span sequences = spans.sequences(vsmmu, from, to);
    if (sequences.empty()) {
      return List.of();
    }
    Span range =
        new Span(
            log.positionOf(vsmmu, sequences.first()).orElseThrow(),
            log.positionOf(vsmmu, sequences.last()).orElseThrow());
    SortedMap<Integer, StreamLife.Part> beginnings = beginnings(vsmmu, range.last());
    SortedSet<Integer> known = new TreeSet<>(streams(vsmmu));
    known.addAll(beginnings.keySet());
    List<StreamLife> lives = new ArrayList<>();
    for (int streamId : known.stream().limit(TimelineLimits.STREAMS).toList()) {
      List<StreamLife.Part> life = life(vsmmu, streamId, range, parts);
      StreamLife.Part beginning = beginnings.get(streamId);
      if (beginning != null && (life.isEmpty() || life.getFirst().position() >= range.first())) {
        life.addFirst(beginning);
      }
      if (!life.isEmpty()) {
        lives.add(new StreamLife(streamId, life));
      }
    }
    return lives;
  }

  /**
   * How the streams were when the log of an imported part began.
   *
   * @param last position that is asked about
   */
  private SortedMap<Integer, StreamLife.Part> beginnings(int vsmmu, long last) {
    SortedMap<Integer, StreamLife.Part> beginnings = new TreeMap<>();
    for (StoredEvent first : log.readPage(vsmmu, 0, 1)) {
      if (first.position() <= last
          && first.type() == EventKind.PART_IMPORTED.number()
          && new LogEvent(first).event() instanceof PartImported part) {
        Instant time = Micros.toInstant(first.timeMicros());
        for (StreamState it : ((VsmmuState) part.state()).streams().values()) {
          beginnings.put(
              it.streamId(),
              new StreamLife.Part(
                  first.position(),
                  time,
                  first.position(),
                  time,
                  it.configuration(),
                  it.effective()));
        }
      }
    }
    return beginnings;
  }

  private List<Integer> streams(int vsmmu) {
    return tables.query(STREAMS, row -> row.getInt(1), vsmmu, vsmmu, TimelineLimits.STREAMS);
  }

  private List<StreamLife.Part> life(int vsmmu, int streamId, Span range, int parts) {
    List<StreamLife.Part> life =
        new ArrayList<>(
            tables.query(
                COLUMNS + CONFIGURATIONS + " AND position < ? ORDER BY position DESC LIMIT 1",
                StreamLives::part,
                vsmmu,
                streamId,
                range.first()));
    List<StreamLife.Part> inside =
        tables.query(
            COLUMNS + CONFIGURATIONS + " AND position BETWEEN ? AND ? ORDER BY position LIMIT ?",
            StreamLives::part,
            vsmmu,
            streamId,
            range.first(),
            range.last(),
            parts + 1);
    life.addAll(inside.size() <= parts ? inside : merged(vsmmu, streamId, range, parts));
    return life;
  }

  private List<StreamLife.Part> merged(int vsmmu, int streamId, Span range, int parts) {
    long width = Math.ceilDiv(range.last() - range.first() + 1, parts);
    return tables.query(
        PARTS,
        StreamLives::part,
        range.first(),
        range.last(),
        width,
        vsmmu,
        streamId,
        width,
        range.last(),
        vsmmu,
        streamId,
        width,
        range.last());
  }

  private static StreamLife.Part part(ResultSet row) throws SQLException {
    StreamConfigured last = (StreamConfigured) EventCodec.decode(row.getShort(5), row.getBytes(6));
    return new StreamLife.Part(
        row.getLong(1),
        Micros.toInstant(row.getLong(2)),
        row.getLong(3),
        Micros.toInstant(row.getLong(4)),
        last.configuration(),
        last.effective());
  }
}
