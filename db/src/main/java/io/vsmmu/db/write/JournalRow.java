package io.vsmmu.db.write;

import io.vsmmu.db.log.BinaryRow;
import io.vsmmu.db.log.NewEvent;
import io.vsmmu.journal.JournalEntry;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * An event as an entry of the journal. Its bytes are the row of the event table in PostgreSQL's
 * binary COPY format (PostgreSQL documentation, COPY, "Binary Format"), so that the shipper copies
 * it without decoding: a field count, then each field with its length before it, in the order of
 * {@link #COLUMNS}.
 *
 * @param position in the whole log
 * @param hash of the event, 32 bytes
 */
record JournalRow(long position, AppendRow row, byte[] hash, byte @Nullable [] subject)
    implements JournalEntry {

  /** The columns of a row in the order of its fields. */
  static final String COLUMNS =
      "event (position, sequence, time_us, cause, vsmmu, type, hash, subject, payload)";

  /** Offset of the position in a row. */
  static final int POSITION = Short.BYTES + Integer.BYTES;

  private static final short FIELDS = 9;
  private static final int NULL_FIELD = -1;

  static JournalRow of(long position, AppendRow row, byte[] hash) {
    @Nullable String subject = row.event().subject();
    return new JournalRow(
        position, row, hash, subject == null ? null : subject.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public int bytes() {
    NewEvent event = row.event();
    int cause = event.cause() == null ? 0 : Long.BYTES;
    int name = subject == null ? 0 : subject.length;
    return Short.BYTES
        + FIELDS * Integer.BYTES
        + 3 * Long.BYTES
        + cause
        + Integer.BYTES
        + Short.BYTES
        + hash.length
        + name
        + event.payload().length;
  }

  @Override
  public void write(ByteBuffer into) {
    NewEvent event = row.event();
    into.putShort(FIELDS);
    putLong(into, position);
    putLong(into, event.sequence());
    putLong(into, event.timeMicros());
    if (event.cause() == null) {
      into.putInt(NULL_FIELD);
    } else {
      putLong(into, event.cause());
    }
    into.putInt(Integer.BYTES).putInt(row.vsmmuId());
    into.putInt(Short.BYTES).putShort((short) event.type());
    into.putInt(hash.length).put(hash);
    if (subject == null) {
      into.putInt(NULL_FIELD);
    } else {
      into.putInt(subject.length).put(subject);
    }
    into.putInt(event.payload().length).put(event.payload());
  }

  /** The hash in the bytes of an entry. */
  static byte[] hashIn(byte[] entry) {
    return new BinaryRow(ByteBuffer.wrap(entry)).event().hash();
  }

  private static void putLong(ByteBuffer into, long value) {
    into.putInt(Long.BYTES).putLong(value);
  }
}
