package io.vsmmu.transparency;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of one event in the tree of its segment, big-endian and without padding, with their
 * lengths:
 *
 * <pre>
 * position                 8
 * aggregate id            16
 * sequence                 8
 * time, us since 1970      8
 * type                     2
 * cause or -1              8
 * subject length or -1     4, then the subject in UTF-8
 * payload length           4, then the payload
 * hash length              4, then the hash
 * </pre>
 *
 * These are all columns of its row; the number of the vSMMU in the database is replaced by the
 * identity that it stands for.
 */
public final class EventLeaf {

  private static final int FIXED_BYTES = 6 * Long.BYTES + Short.BYTES + 3 * Integer.BYTES;

  private EventLeaf() {}

  /** The bytes of an event; a new array. */
  public static byte[] encoded(
      long position,
      UUID aggregateId,
      long sequence,
      long timeMicros,
      int type,
      @Nullable Long cause,
      @Nullable String subject,
      byte[] payload,
      byte[] hash) {
    byte[] name = subject == null ? new byte[0] : subject.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(FIXED_BYTES + name.length + payload.length + hash.length)
        .putLong(position)
        .putLong(aggregateId.getMostSignificantBits())
        .putLong(aggregateId.getLeastSignificantBits())
        .putLong(sequence)
        .putLong(timeMicros)
        .putShort((short) type)
        .putLong(cause == null ? -1 : cause)
        .putInt(subject == null ? -1 : name.length)
        .put(name)
        .putInt(payload.length)
        .put(payload)
        .putInt(hash.length)
        .put(hash)
        .array();
  }
}
