package io.vsmmu.db.log;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Computes the hash chain of one vSMMU's events. Each hash is SHA-256 over these fields, big-endian
 * and without padding, with their lengths in bytes:
 *
 * <pre>
 * previous hash           32 bytes
 * sequence                 8
 * time - origin, us        8
 * type                     2
 * cause or -1              8
 * subject length or -1     4, then the subject in UTF-8
 * payload length           4, then the payload
 * </pre>
 *
 * The vSMMU's name and number and the event's position are not covered, so that an exported log
 * keeps its hashes wherever it is imported. Not thread-safe: each thread needs its own instance.
 */
public final class HashChain {

  public static final int HASH_BYTES = 32;

  /**
   * Type number of the event with which the imported part of a log begins, in the place of the
   * events before it. It has no hash of its own but that of the last of them, with which the chain
   * of the part continues.
   */
  public static final int PART_IMPORTED = 31;

  private static final int FIXED_BYTES =
      HASH_BYTES + Long.BYTES * 3 + Short.BYTES + 2 * Integer.BYTES;
  private static final long NO_CAUSE = -1;
  private static final int NO_SUBJECT = -1;

  private final MessageDigest digest = sha256();
  private final ByteBuffer fixed = ByteBuffer.allocate(FIXED_BYTES);
  private final ByteBuffer length = ByteBuffer.allocate(Integer.BYTES);

  /** Previous hash of the first event, SHA-256 of the ASCII text "vsmmu log 1"; a new array. */
  public static byte[] genesis() {
    return sha256().digest("vsmmu log 1".getBytes(StandardCharsets.US_ASCII));
  }

  /**
   * Hash of a new event.
   *
   * @param previous hash of the event before it, or {@link #genesis()}
   * @param originMicros zero point of the vSMMU's times, {@link RegisteredVsmmu#originMicros()}
   */
  public byte[] next(byte[] previous, long originMicros, NewEvent e) {
    return next(
        previous,
        e.sequence(),
        e.timeMicros() - originMicros,
        e.type(),
        e.cause(),
        e.subject(),
        e.payload());
  }

  /**
   * Hash that a stored event must have; parameters as for a new one. The first event of an imported
   * part has the hash that was imported with it.
   */
  public byte[] next(byte[] previous, long originMicros, StoredEvent e) {
    if (e.type() == PART_IMPORTED && Arrays.equals(previous, genesis())) {
      return e.hash();
    }
    return next(
        previous,
        e.sequence(),
        e.timeMicros() - originMicros,
        e.type(),
        e.cause(),
        e.subject(),
        e.payload());
  }

  private byte[] next(
      byte[] previous,
      long sequence,
      long offsetMicros,
      int type,
      @Nullable Long cause,
      @Nullable String subject,
      byte[] payload) {
    byte[] name = subject == null ? null : subject.getBytes(StandardCharsets.UTF_8);
    fixed.clear();
    if (previous.length == HASH_BYTES) {
      fixed.put(previous);
    } else {
      // The hash of a row that was changed in the database.
      digest.update(previous);
    }
    fixed
        .putLong(sequence)
        .putLong(offsetMicros)
        .putShort((short) type)
        .putLong(cause == null ? NO_CAUSE : cause)
        .putInt(name == null ? NO_SUBJECT : name.length);
    if (name == null) {
      fixed.putInt(payload.length);
      digest.update(fixed.array(), 0, fixed.position());
    } else {
      digest.update(fixed.array(), 0, fixed.position());
      digest.update(name);
      digest.update(length.clear().putInt(payload.length).array());
    }
    digest.update(payload);
    return digest.digest();
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
