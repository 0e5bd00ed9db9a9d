package io.vsmmu.journal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * The header of a frame. A frame is what one append wrote: its header, then each entry with its
 * length before it, padded to a multiple of 8 bytes. All numbers are little-endian.
 *
 * <pre>
 * offset  bytes  field
 *      0      4  length of the frame without padding; never 0
 *      4      4  CRC32C of the bytes from 8 to the length
 *      8      8  position of the first entry
 *     16      8  last position that was synced when the frame was written
 *     24      4  number of the segment ({@link SegmentHeader})
 *     28      4  number of entries, at least 1
 *     32         for each entry: its length in 4 bytes, then its bytes
 * </pre>
 *
 * The first 8 bytes, the <em>word</em>, are written last and with one store, after a word of zeros
 * behind the frame. So a word of zeros is the end of the journal, and a word that is not zero with
 * bytes that do not match it is damage, not an append that a SIGKILL interrupted.
 */
record FrameHeader(int length, int crc, long position, long synced, int segment, int entries) {

  static final int BYTES = 32;
  static final int WORD_BYTES = Long.BYTES;

  /** Bytes before each entry. */
  static final int ENTRY_LENGTH_BYTES = Integer.BYTES;

  /** Frames begin at multiples of this number of bytes. */
  static final int ALIGNMENT = 8;

  private static final int CRC_FROM = 8;

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
   */
  static void seal(
      ByteBuffer frame, int length, long position, long synced, int segment, int entries) {
    ByteBuffer header = frame.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    header.putLong(8, position).putLong(16, synced).putInt(24, segment).putInt(28, entries);
    for (int i = length; i < padded(length); i++) {
      header.put(i, (byte) 0);
    }
    header.putInt(0, length).putInt(4, crc(frame, length));
  }

  /** Reads a header from the beginning of a buffer of at least {@link #BYTES}. */
  static FrameHeader read(ByteBuffer frame) {
    ByteBuffer in = frame.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    int at = in.position();
    return new FrameHeader(
        in.getInt(at),
        in.getInt(at + 4),
        in.getLong(at + 8),
        in.getLong(at + 16),
        in.getInt(at + 24),
        in.getInt(at + 28));
  }

  /** Whether a buffer that begins with this header holds the whole frame, undamaged. */
  boolean matches(ByteBuffer frame) {
    return length >= BYTES + ENTRY_LENGTH_BYTES
        && entries > 0
        && length <= frame.remaining()
        && crc(frame.slice(), length) == crc;
  }

  private static int crc(ByteBuffer frame, int length) {
    CRC32C crc = new CRC32C();
    crc.update(frame.slice(CRC_FROM, length - CRC_FROM));
    return (int) crc.getValue();
  }
}
