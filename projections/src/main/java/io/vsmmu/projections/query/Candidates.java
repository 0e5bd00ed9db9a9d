package io.vsmmu.projections.query;

import io.vsmmu.db.log.EventLog;
import io.vsmmu.db.log.StoredEvent;
import io.vsmmu.projections.model.EventKeys;
import io.vsmmu.projections.model.Tables;
import io.vsmmu.projections.query.Keyset.Span;
import io.vsmmu.projections.travel.LogEvent;
import io.vsmmu.smmu.wire.EventKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Events that a filter may want, in order, a few at a time: from the narrowest index there is, else
 * from the log itself.
 */
final class Candidates {

  /** Events fetched at once, at most. */
  static final int CHUNK = 256;

  /** Events fetched at once, at least: what is filtered out needs another round. */
  static final int LEAST = 16;

  private final EventLog log;
  private final Tables tables;
  private final Places places;

  Candidates(EventLog log, Tables tables) {
    this.log = log;
    this.tables = tables;
    this.places = new Places(log);
  }

  /**
   * Candidates of a span of positions, from its end that is wanted first.
   *
   * @param most how many, at most; fewer come only at the end of the span
   */
  List<LogEvent> next(int vsmmu, EventFilter filter, Span positions, boolean ascending, int most) {
    Integer sid = filter.sid();
    if (sid != null) {
      List<Long> keys = List.of(Integer.toUnsignedLong(sid), EventKeys.ANY_SID);
      return indexed(vsmmu, EventKeys.KIND_SID, keys, positions, ascending, most);
    }
    if (!filter.types().isEmpty()
        && filter.types().stream().noneMatch(EventKeys.FREQUENT::contains)) {
      List<Long> keys = filter.types().stream().map(EventKind::number).map(Long::valueOf).toList();
      return indexed(vsmmu, EventKeys.KIND_TYPE, keys, positions, ascending, most);
    }
    return scanned(vsmmu, positions, ascending, most);
  }

  private List<LogEvent> scanned(int vsmmu, Span positions, boolean ascending, int most) {
    Span sequences = places.sequencesOf(vsmmu, positions);
    if (sequences.empty()) {
      return List.of();
    }
    long from =
        ascending ? sequences.first() : Math.max(sequences.first(), sequences.last() - most + 1);
    int count = (int) Math.min(most, sequences.last() - from + 1);
    List<LogEvent> events = new ArrayList<>(count);
    for (StoredEvent stored : log.readPage(vsmmu, from, count)) {
      events.add(new LogEvent(stored));
    }
    return ascending ? events : events.reversed();
  }

  private List<LogEvent> indexed(
      int vsmmu, int kind, List<Long> keys, Span span, boolean ascending, int most) {
    String direction = ascending ? "ASC" : "DESC";
    String one =
        "(SELECT position FROM event_key WHERE vsmmu = ? AND kind = ? AND key = ?"
            + " AND position BETWEEN ? AND ? ORDER BY position "
            + direction
            + " LIMIT "
            + most
            + ")";
    List<String> parts = new ArrayList<>();
    List<Object> arguments = new ArrayList<>();
    for (long key : keys) {
      parts.add(one);
      arguments.addAll(List.of(vsmmu, kind, key, span.first(), span.last()));
    }
    // UNION drops what two keys share; each part reads its own range of the index.
    String sql =
        "SELECT position FROM ("
            + String.join(" UNION ", parts)
            + ") AS keyed ORDER BY position "
            + direction
            + " LIMIT "
            + most;
    return tables.query(sql, row -> row.getLong(1), arguments.toArray()).stream()
        .map(log::find)
        .flatMap(Optional::stream)
        .map(LogEvent::new)
        .toList();
  }
}
