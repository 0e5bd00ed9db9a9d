package io.vsmmu.projections.model;

import io.vsmmu.projections.travel.LogEvent;
import io.vsmmu.smmu.model.VsmmuState;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * Tables that are derived from the log alone. {@link Projector} passes every event once, in the
 * order of positions, and commits the rows together with the position that they cover. Methods are
 * called by one thread at a time.
 */
public interface Projection {

  /** Key of its row in the table {@code projection}; never changes. */
  String name();

  /**
   * Version of the tables' content. Tables of another version are cleared and filled again from the
   * first event, so it must be raised whenever the same log would give different rows.
   */
  int version();

  /**
   * Adds the rows that follow from an event, in memory.
   *
   * @param before state of the event's vSMMU before the event
   * @param after state of the event's vSMMU after the event
   */
  void add(LogEvent event, VsmmuState before, VsmmuState after);

  /**
   * Approximate size in bytes or characters of the rows in memory; the projector writes them when
   * they become too many.
   */
  long size();

  /**
   * Writes the rows in memory within the projector's transaction, which may still be rolled back;
   * then {@link #forget} follows.
   */
  void write(Connection connection) throws SQLException;

  /** Discards everything in memory; the next event is the one after the last committed position. */
  void forget();

  /**
   * Deletes all rows of its tables within the projector's transaction, and discards everything in
   * memory.
   */
  void clear(Connection connection) throws SQLException;
}
