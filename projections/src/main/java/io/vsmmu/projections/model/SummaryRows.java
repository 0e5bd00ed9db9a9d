package io.vsmmu.projections.model;

import io.vsmmu.projections.travel.LogEvent;
import io.vsmmu.smmu.model.VsmmuState;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Collects rows for the table {@code vsmmu_summary}: the newest state of each vSMMU that had an
 * event, as lists of vSMMUs show it.
 */
final class SummaryRows {

  private static final String UPSERT =
      "INSERT INTO vsmmu_summary (vsmmu, payload) VALUES (?, ?)"
          + " ON CONFLICT (vsmmu) DO UPDATE SET payload = EXCLUDED.payload";

  private record Newest(LogEvent event, VsmmuState state) {}

  private final Map<Integer, Newest> newest = new LinkedHashMap<>();

  void observe(LogEvent event, VsmmuState after) {
    newest.put(event.vsmmu(), new Newest(event, after));
  }

  void write(Connection connection) throws SQLException {
    try (PreparedStatement upsert = connection.prepareStatement(UPSERT)) {
      for (Newest each : newest.values()) {
        VsmmuSummary summary =
            VsmmuSummary.of(each.state(), each.event().position(), each.event().typeNumber());
        upsert.setInt(1, each.event().vsmmu());
        upsert.setBytes(2, summary.encode());
        upsert.addBatch();
      }
      upsert.executeBatch();
    }
    newest.clear();
  }
}
