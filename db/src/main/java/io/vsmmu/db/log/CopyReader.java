package io.vsmmu.db.log;

import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;
import org.postgresql.copy.CopyOut;

/**
 * Streams events with COPY TO STDOUT in PostgreSQL's binary format. This is twice as fast as a
 * result set, and the socket's flow control makes the server wait for a slow consumer, so that only
 * one row at a time is in memory.
 *
 * <p>A key range is read in windows. When a visitor stops early, the rest of the window is received
 * and dropped. A cancel request would be no alternative: PostgreSQL takes it on a separate
 * connection, so that it may arrive late and cancel the connection's next statement. The first
 * window is small, because many visitors look at a few events only.
 */
final class CopyReader {

  /**
   * Length in bytes of the signature "PGCOPY\n\377\r\n\0" and the flags word. The length of the
   * header extension follows them (PostgreSQL documentation, COPY, "Binary Format").
   */
  private static final int SIGNATURE_AND_FLAGS = 15;

  private static final int END_OF_DATA = -1;
  private static final long FIRST_WINDOW = 256;
  private static final long LARGEST_WINDOW = 16_384;

  /**
   * Makes the planner use the index. For a new partition without statistics it would otherwise
   * choose a sequential scan and a sort.
   */
  private static final String INDEX_ORDER =
      "SET LOCAL enable_sort = off; SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan ="
          + " off";

  private final CopyManager copies;
  private final Predicate<? super StoredEvent> visitor;
  private boolean wanted = true;
  private @Nullable RuntimeException failure;

  private CopyReader(CopyManager copies, Predicate<? super StoredEvent> visitor) {
    this.copies = copies;
    this.visitor = visitor;
  }

  /** Builds the query of one window. COPY takes no parameters, so the keys are part of its text. */
  interface WindowQuery {
    /** Selects {@link EventRows#COLUMNS} of the keys first to last, both included, in key order. */
    String of(long first, long last);
  }

  /**
   * Hands the rows of a range of keys to the visitor until it returns false. The connection must be
   * in autocommit mode, and is again afterwards.
   *
   * @param last last key, inclusive; should not lie far beyond the last existing key, because empty
   *     windows are queried too
   * @return false if the visitor returned false
   * @throws RuntimeException what the visitor threw
   */
  static boolean read(
      Connection connection,
      long first,
      long last,
      WindowQuery window,
      Predicate<? super StoredEvent> visitor)
      throws SQLException {
    CopyReader reader = new CopyReader(connection.unwrap(PGConnection.class).getCopyAPI(), visitor);
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      statement.execute(INDEX_ORDER);
      reader.windows(first, last, window);
      connection.rollback();
    }
    connection.setAutoCommit(true);
    if (reader.failure != null) {
      throw reader.failure;
    }
    return reader.wanted;
  }

  private void windows(long first, long last, WindowQuery window) throws SQLException {
    long size = FIRST_WINDOW;
    long from = first;
    while (wanted && from <= last) {
      long to = last - from < size ? last : from + size - 1;
      boolean found = copy("COPY (" + window.of(from, to) + ") TO STDOUT (FORMAT binary)");
      if (to == last) {
        return;
      }
      from = to + 1;
      // Only tampering leaves a window empty. The gap may have any width, so the rest is one
      // window.
      size = found ? Math.min(size * 2, LARGEST_WINDOW) : Long.MAX_VALUE;
    }
  }

  /** Runs one COPY and visits its rows; returns whether it had any. */
  private boolean copy(String sql) throws SQLException {
    CopyOut copy = copies.copyOut(sql);
    boolean header = true;
    boolean found = false;
    byte @Nullable [] message;
    while ((message = copy.readFromCopy()) != null) {
      ByteBuffer row = ByteBuffer.wrap(message);
      if (header) {
        row.position(SIGNATURE_AND_FLAGS);
        int extension = row.getInt();
        row.position(row.position() + extension);
        header = false;
      }
      if (row.hasRemaining() && row.getShort() != END_OF_DATA) {
        found = true;
        if (wanted) {
          visit(BinaryRow.event(row));
        }
      }
    }
    return found;
  }

  private void visit(StoredEvent event) {
    try {
      wanted = visitor.test(event);
    } catch (RuntimeException e) {
      wanted = false;
      failure = e;
    }
  }
}
