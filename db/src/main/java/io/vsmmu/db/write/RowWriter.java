package io.vsmmu.db.write;

import io.vsmmu.db.log.NewEvent;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import org.postgresql.PGConnection;
import org.postgresql.PGStatement;
import org.postgresql.copy.CopyIn;

/**
 * Writes the rows of a batch with one statement. The connection is in autocommit mode, so the
 * statement is the transaction.
 */
final class RowWriter {

  private static final String COLUMNS =
      "event (position, sequence, time_us, cause, vsmmu, type, hash, subject, payload)";
  private static final String ONE =
      "INSERT INTO " + COLUMNS + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";
  private static final String MANY =
      "INSERT INTO "
          + COLUMNS
          + " SELECT * FROM unnest(?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[],"
          + " ?::integer[], ?::smallint[], ?::bytea[], ?::text[], ?::bytea[])";
  private static final String COPY = "COPY " + COLUMNS + " FROM STDIN (FORMAT binary)";

  /** pgjdbc's prepareThreshold that prepares at the first use and sends parameters in binary. */
  private static final int ALWAYS_BINARY = -1;

  private final Connection connection;
  private final PreparedStatement one;
  private final PreparedStatement many;

  RowWriter(Connection connection) throws SQLException {
    this.connection = connection;
    this.one = binary(connection.prepareStatement(ONE));
    this.many = binary(connection.prepareStatement(MANY));
  }

  /** Inserts the rows: a single one as parameters, several as one array per column. */
  void insert(RowColumns rows) throws SQLException {
    if (rows.size() == 1) {
      insertOne(rows);
    } else {
      insertMany(rows);
    }
  }

  /** Copies the rows; if that fails, the COPY is cancelled and no row is written. */
  void copy(RowColumns rows) throws SQLException {
    CopyIn copy = connection.unwrap(PGConnection.class).getCopyAPI().copyIn(COPY);
    try {
      CopyRows.write(rows, copy);
      copy.endCopy();
    } finally {
      if (copy.isActive()) {
        copy.cancelCopy();
      }
    }
  }

  private void insertOne(RowColumns rows) throws SQLException {
    NewEvent event = rows.event(0);
    one.setLong(1, rows.position(0));
    one.setLong(2, event.sequence());
    one.setLong(3, event.timeMicros());
    one.setObject(4, event.cause(), Types.BIGINT);
    one.setInt(5, rows.vsmmu(0));
    one.setShort(6, (short) event.type());
    one.setBytes(7, rows.hash(0));
    one.setString(8, event.subject());
    one.setBytes(9, event.payload());
    one.executeUpdate();
  }

  private void insertMany(RowColumns rows) throws SQLException {
    many.setArray(1, connection.createArrayOf("int8", rows.positions()));
    many.setArray(2, connection.createArrayOf("int8", rows.sequences()));
    many.setArray(3, connection.createArrayOf("int8", rows.times()));
    many.setArray(4, connection.createArrayOf("int8", rows.causes()));
    many.setArray(5, connection.createArrayOf("int4", rows.vsmmus()));
    many.setArray(6, connection.createArrayOf("int2", rows.types()));
    many.setArray(7, connection.createArrayOf("bytea", rows.hashes()));
    many.setArray(8, connection.createArrayOf("text", rows.subjects()));
    many.setArray(9, connection.createArrayOf("bytea", rows.payloads()));
    many.executeUpdate();
    // Otherwise the statement would keep the payloads of this batch in memory until the next one.
    many.clearParameters();
  }

  private static PreparedStatement binary(PreparedStatement statement) throws SQLException {
    statement.unwrap(PGStatement.class).setPrepareThreshold(ALWAYS_BINARY);
    return statement;
  }
}
