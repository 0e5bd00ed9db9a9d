package io.vsmmu.db.seal;

import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.db.log.RegisteredVsmmu.ImportStatus;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Rows of the registry, as far as they are sealed: not when a vSMMU was deleted. */
final class Registry {

  static final String COLUMNS = "SELECT id, aggregate_id, name, origin_us, arrival FROM vsmmu";

  private Registry() {}

  static List<RegisteredVsmmu> all(ResultSet rows) throws SQLException {
    List<RegisteredVsmmu> found = new ArrayList<>();
    while (rows.next()) {
      found.add(
          new RegisteredVsmmu(
              rows.getInt(1),
              rows.getObject(2, UUID.class),
              rows.getString(3),
              rows.getLong(4),
              Instant.EPOCH,
              ImportStatus.values()[rows.getShort(5)],
              null));
    }
    return found;
  }
}
