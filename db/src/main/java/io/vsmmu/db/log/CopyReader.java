package io.vsmmu.db.log;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;
import org.postgresql.copy.CopyOut;

/**
 * Streams events with COPY TO STDOUT in PostgreSQL's binary format: twice as fast as a result set,
 * and the server stops sending when the consumer is slow, so that one row at a time is in memory.
 *
 * <p>A key range is read in windows. A visitor that stops early costs the rest of one window, which
 * is received and dropped: a cancel request travels on a connection of its own and could arrive
 * late and hit the next statement. Windows start small for those that look at a few events only.
 */
final class CopyReader {

  /**
   * Bytes of "PGCOPY\n\377\r\n\0" and the flags word; the length of the header's extension follows.
   */
  private static final int SIGNATURE_AND_FLAGS = 15;

  private static final int END_OF_DATA = -1;
  private static final int NULL_FIELD = -1;
  private static final long FIRST_WINDOW = 256;
  private static final long LARGEST_WINDOW = 16_384;

  /** Without statistics of a young partition the planner would sort instead of using the index. */
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

  /** Makes the query of one window; COPY takes no parameters, so it is built from numbers. */
  interface Window {
    /** Query for {@link EventRows#COLUMNS} of keys from first to last, in their order. */
    String query(long first, long last);
  }

  /**
   * Hands the rows of a range of keys to the visitor until it returns false.
   *
   * @param last last key, inclusive; not far beyond the last one there is
   * @return false if the visitor stopped it
   */
  static boolean read(
      Connection connection,
      long first,
      long last,
      Window window,
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

  private void windows(long first, long last, Window window) throws SQLException {
    long size = FIRST_WINDOW;
    long from = first;
    while (wanted && from <= last) {
      long to = last - from < size ? last : from + size - 1;
      boolean found = copy("COPY (" + window.query(from, to) + ") TO STDOUT (FORMAT binary)");
      if (to == last) {
        return;
      }
      from = to + 1;
      // A hole is the work of a forger and may be of any width: the rest is read in one go then.
      size = found ? Math.min(size * 2, LARGEST_WINDOW) : Long.MAX_VALUE;
    }
  }

  /** Returns whether there were rows. */
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
          visit(event(row));
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

  private static StoredEvent event(ByteBuffer row) {
    long position = longField(row);
    long sequence = longField(row);
    long time = longField(row);
    int causeLength = row.getInt();
    Long cause = causeLength == NULL_FIELD ? null : (Long) row.getLong();
    int vsmmu = skipLength(row).getInt();
    int type = skipLength(row).getShort();
    byte[] hash = bytes(row, row.getInt());
    int subjectLength = row.getInt();
    String subject =
        subjectLength == NULL_FIELD
            ? null
            : new String(bytes(row, subjectLength), StandardCharsets.UTF_8);
    byte[] payload = bytes(row, row.getInt());
    return new StoredEvent(position, vsmmu, sequence, time, type, cause, subject, payload, hash);
  }

  private static long longField(ByteBuffer row) {
    return skipLength(row).getLong();
  }

  private static ByteBuffer skipLength(ByteBuffer row) {
    return row.position(row.position() + Integer.BYTES);
  }

  private static byte[] bytes(ByteBuffer row, int length) {
    byte[] bytes = new byte[length];
    row.get(bytes);
    return bytes;
  }
}
