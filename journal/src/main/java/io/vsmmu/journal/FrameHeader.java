package io.vsmmu.journal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * The header of a frame. A frame is what one append wrote: its header, then each entry with its
 * length before it, padded to a multiple of 8 bytes. All numbers are little-endian.
 *
 * <pre>
 * offset  bytes  field
 *      0      4  length of the frame without padding; never 0
 *      4      4  CRC32C of the bytes from 8 to the length, XOR the journal's {@link #key}
 *      8      8  position of the first entry
 *     16      8  last position that was synced when the frame was written
 *     24      4  number of the segment ({@link SegmentHeader})
 *     28      4  number of entries, at least 1
 *     32         for each entry: its length in 4 bytes, then its bytes
 * </pre>
 *
 * The first 8 bytes, the <em>word</em>, are written last and with one store, after a word of zeros
 * behind the frame. So a word of zeros is the end of the journal, and a word that is not zero with
 * bytes that do not match it is damage, not an append that a SIGKILL interrupted. Behind the last
 * frame of a segment that another one follows, the word is {@link #continuedIn}.
 */
record FrameHeader(int length, int crc, long position, long synced, int segment, int entries) {

  static final int BYTES = 32;
  static final int WORD_BYTES = Long.BYTES;

  /** Bytes before each entry. */
  static final int ENTRY_LENGTH_BYTES = Integer.BYTES;

  /** Frames begin at multiples of this number of bytes. */
  static final int ALIGNMENT = 8;

  private static final int CRC_FROM = 8;

  /** In the place of a length: the journal continues in another segment. */
  private static final int CONTINUED = -1;

  /**
   * What the checksums of a journal's frames are combined with. Entries hold bytes that a guest
   * chose, and recovery searches damaged segments for frames: without the key, which no guest can
   * learn, a guest could write what looks like a frame.
   */
  static int key(UUID journal) {
    CRC32C crc = new CRC32C();
    crc.update(
        ByteBuffer.allocate(2 * Long.BYTES)
            .putLong(journal.getMostSignificantBits())
            .putLong(journal.getLeastSignificantBits())
            .flip());
    return (int) crc.getValue();
  }

  /** The word behind the last frame of a segment, once the next segment is begun. */
  static long continuedIn(int segment) {
    return Integer.toUnsignedLong(CONTINUED) | (long) segment << Integer.SIZE;
  }

  /** The length of a frame with its padding. */
  static int padded(int length) {
    return (length + ALIGNMENT - 1) & -ALIGNMENT;
  }

  int paddedLength() {
    return padded(length);
  }

  /** The position of the frame's last entry. */
  long last() {
    return position + entries - 1;
  }

  /**
   * Writes the header of a frame whose entries are in the buffer from {@link #BYTES} on, and pads
   * the frame with zeros.
   *
   * @param frame at least {@code length} padded bytes, written from index 0
   * @param unsealed the header's fields; {@code crc} is not used
   */
  static void seal(ByteBuffer frame, FrameHeader unsealed, int key) {
    int length = unsealed.length();
    ByteBuffer header = frame.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    header.putLong(8, unsealed.position()).putLong(16, unsealed.synced());
    header.putInt(24, unsealed.segment()).putInt(28, unsealed.entries());
    for (int i = length; i < padded(length); i++) {
      header.put(i, (byte) 0);
    }
    header.putInt(0, length).putInt(4, crc(frame, length) ^ key);
  }

  /**
   * Reads a header at an index, from which {@link #BYTES} follow.
   *
   * @param in little-endian
   */
  static FrameHeader read(ByteBuffer in, int at) {
    return new FrameHeader(
        in.getInt(at),
        in.getInt(at + 4),
        in.getLong(at + 8),
        in.getLong(at + 16),
        in.getInt(at + 24),
        in.getInt(at + 28));
  }

  /**
   * Whether the header can be that of a frame which, padded, has at most a number of bytes. A
   * header that was read from a damaged file can hold anything.
   */
  boolean isPossible(int mostBytes) {
    return length <= mostBytes
        && padded(length) <= mostBytes
        && entries > 0
        && length >= BYTES + (long) entries * ENTRY_LENGTH_BYTES;
  }

  /** Whether a buffer with the whole frame that begins with this header is undamaged. */
  boolean matches(ByteBuffer frame, int key) {
    return (crc(frame, length) ^ key) == crc;
  }

  private static int crc(ByteBuffer frame, int length) {
    CRC32C crc = new CRC32C();
    crc.update(frame.slice(CRC_FROM, length - CRC_FROM));
    return (int) crc.getValue();
  }
}
