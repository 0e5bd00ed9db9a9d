package io.vsmmu.journal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * The header at the beginning of a segment file, little-endian. It lies within one sector, so that
 * it is written as a whole or not at all.
 *
 * <pre>
 * offset  bytes  field
 *      0      8  "vsmmujnl"
 *      8      4  version of the format, 1
 *     12      4  number of the segment: one more for each segment that the journal begins
 *     16     16  identity of the journal
 *     32     16  identity of the machine's boot in which the segment was written last
 *     48      8  position of the first entry
 *     56      8  last position that was synced when the header was written: when the segment was
 *                begun, when a process continued the journal, and when one closed it
 *     64      4  CRC32C of the bytes before
 * </pre>
 *
 * @param boot {@link BootId#current()} of the last process that wrote the segment. After another
 *     boot, entries that were never synced may be missing in any order
 */
record SegmentHeader(int number, UUID journal, UUID boot, long firstPosition, long synced) {

  /** Bytes that the header occupies; the first frame follows them. */
  static final int BYTES = 128;

  static final int VERSION = 1;

  private static final long MAGIC =
      ByteBuffer.wrap(new byte[] {'v', 's', 'm', 'm', 'u', 'j', 'n', 'l'})
          .order(ByteOrder.LITTLE_ENDIAN)
          .getLong();
  private static final int VERSION_AT = 8;
  private static final int CRC_AT = 64;

  /** The header's bytes. */
  ByteBuffer bytes() {
    ByteBuffer out = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
    out.putLong(MAGIC).putInt(VERSION).putInt(number);
    out.putLong(journal.getMostSignificantBits()).putLong(journal.getLeastSignificantBits());
    out.putLong(boot.getMostSignificantBits()).putLong(boot.getLeastSignificantBits());
    out.putLong(firstPosition).putLong(synced);
    out.putInt(crc(out));
    return out.rewind();
  }

  /** Reads a header; empty if the bytes are none: a file that was never used holds zeros. */
  static Optional<SegmentHeader> read(ByteBuffer bytes) {
    ByteBuffer in = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    if (in.getLong(0) != MAGIC
        || in.getInt(VERSION_AT) != VERSION
        || in.getInt(CRC_AT) != crc(in)) {
      return Optional.empty();
    }
    return Optional.of(
        new SegmentHeader(
            in.getInt(12),
            new UUID(in.getLong(16), in.getLong(24)),
            new UUID(in.getLong(32), in.getLong(40)),
            in.getLong(48),
            in.getLong(56)));
  }

  /**
   * The version of a segment file of another version of this format; empty for other bytes, and for
   * a header of this version in which the version's field alone is damaged.
   */
  static Optional<Integer> foreignVersion(ByteBuffer bytes) {
    ByteBuffer in = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    int version = in.getInt(VERSION_AT);
    if (in.getLong(0) != MAGIC || version == VERSION) {
      return Optional.empty();
    }
    ByteBuffer ofThisVersion = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
    ofThisVersion.put(in.slice(0, BYTES)).putInt(VERSION_AT, VERSION);
    return read(ofThisVersion.rewind()).isPresent() ? Optional.empty() : Optional.of(version);
  }

  /** The journal's identity in a header that may be damaged. */
  static UUID identityIn(ByteBuffer bytes) {
    ByteBuffer in = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    return new UUID(in.getLong(16), in.getLong(24));
  }

  /** The header of the same segment, written in another boot or after another sync. */
  SegmentHeader renewed(UUID other, long nowSynced) {
    return new SegmentHeader(number, journal, other, firstPosition, nowSynced);
  }

  private static int crc(ByteBuffer bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes.slice(0, CRC_AT));
    return (int) crc.getValue();
  }
}
