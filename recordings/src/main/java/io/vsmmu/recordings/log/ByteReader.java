package io.vsmmu.recordings.log;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads the numbers, strings and bytes that {@link ByteWriter} wrote. Bytes that are not
 * well-formed or a length beyond its limit give a {@link LogFileException}, never another
 * exception.
 */
final class ByteReader {

  private static final int MAX_VARINT_BYTES = 10;

  private final byte[] bytes;
  private final int end;
  private final long afterRecords;
  private int position;

  ByteReader(byte[] bytes, int from, int end, long afterRecords) {
    this.bytes = bytes;
    this.position = from;
    this.end = end;
    this.afterRecords = afterRecords;
  }

  boolean hasRemaining() {
    return position < end;
  }

  int position() {
    return position;
  }

  int end() {
    return end;
  }

  long varint() throws LogFileException {
    long value = 0;
    for (int i = 0; i < MAX_VARINT_BYTES; i++) {
      int next = bytes[need(1)];
      value |= (next & 0x7fL) << (7 * i);
      if (next >= 0) {
        if ((i > 0 && next == 0) || (i == MAX_VARINT_BYTES - 1 && next != 1)) {
          throw malformed("a number is not in its shortest form");
        }
        return value;
      }
    }
    throw malformed("a number is too long");
  }

  long zigzag() throws LogFileException {
    long value = varint();
    return (value >>> 1) ^ -(value & 1);
  }

  long i64() throws LogFileException {
    return ByteBuffer.wrap(bytes, need(Long.BYTES), Long.BYTES).getLong();
  }

  byte[] raw(int length) throws LogFileException {
    int from = need(length);
    return Arrays.copyOfRange(bytes, from, from + length);
  }

  /** Reads a length as a varint and then that number of bytes. */
  byte[] block(int limit) throws LogFileException {
    return raw(length(limit));
  }

  String string(int limit) throws LogFileException {
    int length = length(limit);
    int from = need(length);
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes, from, length))
          .toString();
    } catch (CharacterCodingException e) {
      throw malformed("text is not UTF-8");
    }
  }

  private int length(int limit) throws LogFileException {
    long length = varint();
    if (length < 0 || length > limit) {
      throw new LogFileException(new LogFileFailure.Oversized(afterRecords, length, limit));
    }
    return (int) length;
  }

  private int need(int length) throws LogFileException {
    if (end - position < length) {
      throw malformed("a record ends within a field");
    }
    int from = position;
    position += length;
    return from;
  }

  LogFileException malformed(String what) {
    return new LogFileException(new LogFileFailure.Malformed(afterRecords, what));
  }
}
