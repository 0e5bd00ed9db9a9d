package io.vsmmu.db.write;

import io.vsmmu.db.log.NewEvent;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.postgresql.copy.CopyIn;

/**
 * Encodes rows of the event table in PostgreSQL's binary COPY format (PostgreSQL documentation,
 * COPY, "Binary Format").
 */
final class CopyRows {

  private static final byte[] HEADER = {
    'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xff, '\r', '\n', 0, 0, 0, 0, 0, 0, 0, 0, 0
  };
  private static final byte[] TRAILER = {(byte) 0xff, (byte) 0xff};
  private static final short FIELDS = 9;
  private static final int NULL_FIELD = -1;

  /** Bytes of a row's field count, its nine length words and its fixed-width fields. */
  private static final int FIXED_BYTES =
      Short.BYTES + FIELDS * Integer.BYTES + 4 * Long.BYTES + Integer.BYTES + Short.BYTES;

  /** Bytes that are collected before they are sent. */
  private static final int BUFFER_BYTES = 1 << 16;

  private final CopyIn copy;
  private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);

  private CopyRows(CopyIn copy) {
    this.copy = copy;
  }

  static void write(RowColumns rows, CopyIn copy) throws SQLException {
    CopyRows writer = new CopyRows(copy);
    writer.buffer.put(HEADER);
    for (int row = 0; row < rows.size(); row++) {
      writer.row(rows, row);
    }
    writer.room(TRAILER.length).put(TRAILER);
    writer.flush();
  }

  private void row(RowColumns rows, int row) throws SQLException {
    NewEvent event = rows.event(row);
    byte[] hash = rows.hash(row);
    byte[] subject =
        event.subject() == null ? null : event.subject().getBytes(StandardCharsets.UTF_8);
    ByteBuffer out = room(FIXED_BYTES + hash.length + (subject == null ? 0 : subject.length));
    out.putShort(FIELDS);
    putLong(out, rows.position(row));
    putLong(out, event.sequence());
    putLong(out, event.timeMicros());
    putCause(out, event.cause());
    out.putInt(Integer.BYTES).putInt(rows.vsmmu(row));
    out.putInt(Short.BYTES).putShort((short) event.type());
    out.putInt(hash.length).put(hash);
    if (subject == null) {
      out.putInt(NULL_FIELD);
    } else {
      out.putInt(subject.length).put(subject);
    }
    out.putInt(event.payload().length);
    payload(event.payload());
  }

  private void payload(byte[] payload) throws SQLException {
    if (payload.length <= BUFFER_BYTES) {
      room(payload.length).put(payload);
    } else {
      flush();
      copy.writeToCopy(payload, 0, payload.length);
    }
  }

  /** The buffer with space for {@code bytes} bytes; sends its content first if necessary. */
  private ByteBuffer room(int bytes) throws SQLException {
    if (buffer.remaining() < bytes) {
      flush();
    }
    return buffer;
  }

  private void flush() throws SQLException {
    copy.writeToCopy(buffer.array(), 0, buffer.position());
    buffer.clear();
  }

  private static void putLong(ByteBuffer out, long value) {
    out.putInt(Long.BYTES).putLong(value);
  }

  private static void putCause(ByteBuffer out, @Nullable Long cause) {
    if (cause == null) {
      out.putInt(NULL_FIELD);
    } else {
      putLong(out, cause);
    }
  }
}
