package io.vsmmu.projections.query;

import io.vsmmu.db.log.EventLog;
import io.vsmmu.projections.model.Projector;
import io.vsmmu.projections.model.Tables;
import io.vsmmu.projections.model.VsmmuSummary;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;

/** Queries for the summaries that lists of vSMMUs show. Thread-safe. */
public final class SummaryQueries {

  private final Tables tables;
  private final EventLog log;

  public SummaryQueries(DataSource dataSource, EventLog log) {
    this.tables = new Tables(dataSource);
    this.log = log;
  }

  /**
   * Summaries of vSMMUs, by number, with a number of queries that does not depend on theirs. Absent
   * are those without an event, and those whose summary is out of date because {@link Projector}
   * has not seen their newest event yet; all of them, while the tables are of another version.
   */
  public Map<Integer, VsmmuSummary> of(Collection<Integer> vsmmus) {
    // The position is read before the summaries. If the projector advances in between, a summary is
    // newer than the position, and so is checked against the log although it need not be.
    List<Long> covered =
        tables.query(
            "SELECT position FROM projection WHERE name = ? AND version = ?",
            row -> row.getLong(1),
            Projector.READ_MODELS,
            Projector.READ_MODELS_VERSION);
    if (covered.isEmpty()) {
      return Map.of();
    }
    long position = covered.getFirst();
    Map<Integer, VsmmuSummary> summaries = new HashMap<>();
    tables
        .query(
            "SELECT vsmmu, payload FROM vsmmu_summary WHERE vsmmu = ANY (?)",
            row -> Map.entry(row.getInt(1), VsmmuSummary.decode(row.getBytes(2))),
            (Object) vsmmus.stream().map(Long::valueOf).toArray(Long[]::new))
        .forEach(entry -> summaries.put(entry.getKey(), entry.getValue()));
    if (log.headPosition() > position) {
      removeOutdated(summaries);
    }
    return summaries;
  }

  /**
   * The number of events before the log of imported vSMMUs, by number: 0, unless the log is a part
   * of another one.
   */
  public Map<Integer, Long> eventsBefore(Collection<Integer> vsmmus) {
    if (vsmmus.isEmpty()) {
      return Map.of();
    }
    Map<Integer, Long> before = new HashMap<>();
    tables
        .query(
            "SELECT v.id, (SELECT e.sequence FROM event e WHERE e.vsmmu = v.id::integer"
                + " ORDER BY e.sequence LIMIT 1) FROM unnest(?) AS v (id)",
            row -> Map.entry(row.getInt(1), row.getLong(2)),
            (Object) vsmmus.stream().map(Long::valueOf).toArray(Long[]::new))
        .forEach(first -> before.put(first.getKey(), first.getValue()));
    return before;
  }

  /** Removes the summaries that are out of date. */
  private void removeOutdated(Map<Integer, VsmmuSummary> summaries) {
    tables
        .query(
            "SELECT v.id, (SELECT e.sequence FROM event e WHERE e.vsmmu = v.id::integer"
                + " ORDER BY e.sequence DESC LIMIT 1) FROM unnest(?) AS v (id)",
            row -> Map.entry(row.getInt(1), row.getLong(2) + 1),
            (Object) summaries.keySet().stream().map(Long::valueOf).toArray(Long[]::new))
        .forEach(
            newest ->
                summaries.computeIfPresent(
                    newest.getKey(),
                    (vsmmu, summary) -> summary.events() == newest.getValue() ? summary : null));
  }
}
