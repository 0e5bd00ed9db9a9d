package io.vsmmu.projections.model;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/** Collects rows for one table in the text format of PostgreSQL's COPY. */
final class CopyBuffer {

  private static final HexFormat HEX = HexFormat.of();

  private final String statement;
  private final StringBuilder text = new StringBuilder();

  /**
   * Begins without rows.
   *
   * @param columns names separated by commas, in the order of the values of {@link #row}
   */
  CopyBuffer(String table, String columns) {
    this.statement = "COPY " + table + " (" + columns + ") FROM STDIN";
  }

  /**
   * Adds a row of numbers, strings, byte arrays and nulls. A NUL character, which PostgreSQL's text
   * cannot hold, is replaced by U+FFFD.
   */
  void row(@Nullable Object... values) {
    for (int i = 0; i < values.length; i++) {
      text.append(i == 0 ? "" : "\t");
      append(values[i]);
    }
    text.append('\n');
  }

  /** Number of characters collected. */
  int size() {
    return text.length();
  }

  /** Copies the rows into the table, and empties the buffer. */
  void write(Connection connection) throws SQLException {
    if (text.isEmpty()) {
      return;
    }
    try {
      connection
          .unwrap(PGConnection.class)
          .getCopyAPI()
          .copyIn(statement, new StringReader(text.toString()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    text.setLength(0);
  }

  private void append(@Nullable Object value) {
    switch (value) {
      case null -> text.append("\\N");
      case byte[] bytes -> {
        text.append("\\\\x");
        HEX.formatHex(text, bytes);
      }
      case String string -> escape(string);
      default -> text.append(value);
    }
  }

  private void escape(String string) {
    for (int i = 0; i < string.length(); i++) {
      char c = string.charAt(i);
      switch (c) {
        case '\\' -> text.append("\\\\");
        case '\n' -> text.append("\\n");
        case '\r' -> text.append("\\r");
        case '\t' -> text.append("\\t");
        // PostgreSQL's type text cannot contain NUL.
        case '\0' -> text.append('\ufffd');
        default -> text.append(c);
      }
    }
  }
}
