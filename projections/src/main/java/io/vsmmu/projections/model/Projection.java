package io.vsmmu.projections.model;

import io.vsmmu.projections.travel.LogEvent;
import io.vsmmu.smmu.model.VsmmuState;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * Tables that follow from the log alone, and what is kept in memory to write them. {@link
 * Projector} hands over every event once, in the order of positions, from one thread at a time.
 */
public interface Projection {

  /** Its name in the table {@code projection}; never changes. */
  String name();

  /**
   * What the tables hold, and how: tables of another version are thrown away and written again from
   * the first event.
   */
  int version();

  /** Takes an event into account. */
  void add(LogEvent event, VsmmuState before, VsmmuState after);

  /** About how many characters or bytes wait to be written. */
  long size();

  /** Writes what follows from the events since the last call. */
  void write(Connection connection) throws SQLException;

  /** Forgets what is in memory: the events since the last commit come again. */
  void forget();

  /** Throws its tables away, and what is in memory. */
  void clear(Connection connection) throws SQLException;
}
