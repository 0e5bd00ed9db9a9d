package io.vsmmu.db.log;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A row of the event table in PostgreSQL's binary COPY format (PostgreSQL documentation, COPY,
 * "Binary Format"): a field count, then each field with its length before it, in the order of
 * {@link EventRows#COLUMNS}. Valid as long as its bytes.
 */
public final class BinaryRow {

  private static final int NULL_FIELD = -1;

  /** Offset of the length of the field {@code cause}. */
  private static final int CAUSE = Short.BYTES + 3 * (Integer.BYTES + Long.BYTES);

  private final ByteBuffer row;

  /**
   * A row that begins at the position of a buffer.
   *
   * @param row big-endian; its position is not changed
   */
  public BinaryRow(ByteBuffer row) {
    this.row = row.slice();
  }

  public long position() {
    return row.getLong(Short.BYTES + Integer.BYTES);
  }

  public long sequence() {
    return row.getLong(Short.BYTES + 2 * Integer.BYTES + Long.BYTES);
  }

  public long timeMicros() {
    return row.getLong(CAUSE - Long.BYTES);
  }

  public int vsmmuId() {
    int cause = row.getInt(CAUSE) == NULL_FIELD ? 0 : Long.BYTES;
    return row.getInt(CAUSE + Integer.BYTES + cause + Integer.BYTES);
  }

  /** A copy of the whole row. */
  public StoredEvent event() {
    return event(row.duplicate().position(Short.BYTES));
  }

  /** Reads the fields that begin at the buffer's position. */
  static StoredEvent event(ByteBuffer row) {
    long position = longField(row);
    long sequence = longField(row);
    long time = longField(row);
    int causeLength = row.getInt();
    @Nullable Long cause = causeLength == NULL_FIELD ? null : (Long) row.getLong();
    int vsmmu = skipLength(row).getInt();
    int type = skipLength(row).getShort();
    byte[] hash = bytes(row, row.getInt());
    int subjectLength = row.getInt();
    @Nullable String subject =
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
