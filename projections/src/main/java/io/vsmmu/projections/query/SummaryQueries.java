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

/** What lists show of many vSMMUs at once. */
public final class SummaryQueries {

  private final Tables tables;
  private final EventLog log;

  public SummaryQueries(DataSource dataSource, EventLog log) {
    this.tables = new Tables(dataSource);
    this.log = log;
  }

  /**
   * Summaries by the vSMMUs' numbers. Those with events that {@link Projector} has not seen yet are
   * absent, and those without any event.
   */
  public Map<Integer, VsmmuSummary> of(Collection<Integer> vsmmus) {
    // In this order: what is newer than the position is at worst told twice, never missed.
    long position =
        tables
            .query(
                "SELECT position FROM projection WHERE name = ?",
                row -> row.getLong(1),
                Projector.READ_MODELS)
            .stream()
            .findFirst()
            .orElse(0L);
    Map<Integer, VsmmuSummary> summaries = new HashMap<>();
    tables
        .query(
            "SELECT vsmmu, payload FROM vsmmu_summary WHERE vsmmu = ANY (?)",
            row -> Map.entry(row.getInt(1), VsmmuSummary.decode(row.getBytes(2))),
            (Object) vsmmus.stream().map(Long::valueOf).toArray(Long[]::new))
        .forEach(entry -> summaries.put(entry.getKey(), entry.getValue()));
    summaries.keySet().removeAll(behind(position));
    return summaries;
  }

  private List<Integer> behind(long position) {
    long head = log.headPosition();
    return head <= position
        ? List.of()
        : tables.query(
            "SELECT DISTINCT vsmmu FROM event WHERE position BETWEEN ? AND ?",
            row -> row.getInt(1),
            position + 1,
            head);
  }
}
