package io.vsmmu.recordings.log;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The file format, versions 1 to 3; recordings/FORMAT.md describes it in prose. All fixed-width
 * numbers are big-endian. A varint is an unsigned LEB128 number of at most 63 bits; a zigzag is a
 * varint of {@code (n << 1) ^ (n >> 63)}; a string is its length in bytes as a varint, then its
 * UTF-8 bytes.
 *
 * <pre>
 * file    = header body digest
 * header  = magic[8] version:u16 length:u32 fields[length] crc:u32
 * fields  = name:string origin:i64 exporter:string
 * body    = part? records* notes* trailer
 * part    = 0x04 raw:u32 stored:u32 crc:u32 zstd[stored]   in each file of version 3
 * records = 0x01 raw:u32 stored:u32 crc:u32 zstd[stored]   one or more whole records
 * notes   = 0x03 raw:u32 stored:u32 crc:u32 zstd[stored]   one or more whole notes; not in 1
 * trailer = 0x02 count:u64 lastHash[32]
 * digest  = SHA-256 over all bytes of the body
 * record  = sequence:varint offset:zigzag type:varint cause:varint subject:string
 *           payload:(varint bytes) hash[32]
 * note    = sequence:varint written:zigzag author:string bookmark:string text:string
 * of part = sequence:varint first:varint last:varint events:varint previous[32] type:varint
 *           state:(varint bytes)
 * </pre>
 *
 * <p>The crc of the header is the CRC-32C of {@code fields}, that of a block the CRC-32C of its
 * {@code raw} uncompressed bytes. {@code origin} is in microseconds since 1970-01-01T00:00Z. {@code
 * offset} is the record's time minus that of the record before it (for the first one, minus
 * origin), in microseconds. {@code sequence} grows by one from record to record. {@code cause} is 0
 * for none, else the sequence of the causing record plus one. A block ends with the record that
 * makes it {@link #BLOCK_BYTES} long or longer. {@code written} is in microseconds after origin. A
 * file without notes is of version 1, and one with a part of a log that does not begin with its
 * first event of version 3. Nothing follows the digest.
 */
final class LogFormat {

  static final byte[] MAGIC = "VSMMULOG".getBytes(StandardCharsets.US_ASCII);

  /** The version of a file that has records only. */
  static final int RECORDS_VERSION = 1;

  /** The version of a file with notes. */
  static final int NOTES_VERSION = 2;

  /**
   * The version of a file with a part of a log that does not begin with its first event, and the
   * newest one that is read.
   */
  static final int PART_VERSION = 3;

  /** A block is closed when its uncompressed records reach this many bytes. */
  static final int BLOCK_BYTES = 256 * 1024;

  /** Part of the format, because the same records must give the same bytes. */
  static final int ZSTD_LEVEL = 6;

  static final int BLOCK_RECORDS = 1;
  static final int BLOCK_TRAILER = 2;
  static final int BLOCK_NOTES = 3;
  static final int BLOCK_PART = 4;

  static final int DIGEST_BYTES = 32;
  static final int HASH_BYTES = 32;

  /** Largest length of a record without its subject and payload. */
  private static final int RECORD_OVERHEAD_BYTES = 6 * 10 + HASH_BYTES;

  /**
   * Uncompressed bytes of the longest block: one of {@link #BLOCK_BYTES} minus one byte to which
   * the longest record is appended. A note is shorter.
   */
  static final int MAX_BLOCK_BYTES =
      BLOCK_BYTES
          + LogFileLimits.PAYLOAD_BYTES
          + LogFileLimits.SUBJECT_BYTES
          + RECORD_OVERHEAD_BYTES;

  /** Largest length of a header's fields. */
  static final int MAX_HEADER_BYTES = 2 * (LogFileLimits.NAME_BYTES + 10) + Long.BYTES;

  private LogFormat() {}

  static MessageDigest newDigest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
