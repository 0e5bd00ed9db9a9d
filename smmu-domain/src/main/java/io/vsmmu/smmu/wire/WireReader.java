package io.vsmmu.smmu.wire;

import static io.vsmmu.smmu.wire.WireFormat.BYTES;
import static io.vsmmu.smmu.wire.WireFormat.FIXED64;
import static io.vsmmu.smmu.wire.WireFormat.VARINT;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads the tagged fields of a payload or of a message nested in it. Every length is compared with
 * the number of bytes left before anything is allocated. All methods throw {@link
 * MalformedEventException} if the bytes are not what they read.
 */
final class WireReader {

  private static final char REPLACEMENT = '\uFFFD';

  private final byte[] bytes;
  private final int limit;
  private final String type;
  private final @Nullable WireReader outer;
  private int position;
  private int start;
  private int field;
  private int wireType;

  /** Begins at the revision of a payload; errors name {@code type}. */
  WireReader(String type, byte[] bytes) {
    this(type, bytes, 0, bytes.length, null);
  }

  private WireReader(
      String type, byte[] bytes, int position, int limit, @Nullable WireReader outer) {
    this.type = type;
    this.bytes = bytes;
    this.position = position;
    start = position;
    this.limit = limit;
    this.outer = outer;
  }

  /** Checks that the payload's revision is one of 1..{@code newest}. */
  void revision(int newest) {
    long revision = varint();
    if (revision < 1 || revision > newest) {
      throw malformed("revision " + Long.toUnsignedString(revision) + ", known are 1.." + newest);
    }
    start = position;
  }

  /** The version of a snapshot, any value. */
  long version() {
    long version = varint();
    start = position;
    return version;
  }

  /** Returns to the first field of the payload. */
  void rewind() {
    position = start;
  }

  /**
   * Reads the key of the next field, whose value must then be read or skipped; false at the end.
   */
  boolean next() {
    if (position == limit) {
      return false;
    }
    long key = varint();
    if (key >>> WireFormat.WIRE_TYPE_BITS == 0 || key >>> Integer.SIZE != 0) {
      throw malformed("no field has the key " + Long.toUnsignedString(key));
    }
    field = (int) (key >>> WireFormat.WIRE_TYPE_BITS);
    wireType = (int) key & WireFormat.WIRE_TYPE_MASK;
    return true;
  }

  /** Number of the field whose key {@link #next} read. */
  int field() {
    return field;
  }

  /** Skips the value of a field that this version does not know. */
  void skip() {
    switch (wireType) {
      case VARINT -> varint();
      case FIXED64 -> fixed();
      case BYTES -> {
        int length = length();
        position += length;
      }
      default -> throw malformed("wire type " + wireType);
    }
  }

  /** Reads 64 bits as {@link WireWriter#word} writes them. */
  long word() {
    if (wireType == FIXED64) {
      return fixed();
    }
    require(VARINT);
    return varint();
  }

  /** Reads 32 bits as {@link WireWriter#uint32} writes them. */
  int uint32() {
    long value = word();
    if (value >>> Integer.SIZE != 0) {
      throw malformed(Long.toUnsignedString(value) + " has more than 32 bits");
    }
    return (int) value;
  }

  /** Reads a number as {@link WireWriter#signed} writes it. */
  long signed() {
    require(VARINT);
    long value = varint();
    return (value >>> 1) ^ -(value & 1);
  }

  /** A number of either sign within 32 bits. */
  int signed32() {
    long value = signed();
    if (value != (int) value) {
      throw malformed(value + " has more than 32 bits");
    }
    return (int) value;
  }

  /** A varint that must be 0 or 1. */
  boolean bool() {
    long value = word();
    if (value >>> 1 != 0) {
      throw malformed(Long.toUnsignedString(value) + " is neither true nor false");
    }
    return value == 1;
  }

  /** The constant with the number in this field. */
  <E extends Enum<E>> E constant(WireEnum<E> table) {
    long number = word();
    E constant = table.constant(number);
    if (constant == null) {
      throw malformed("no " + table.name() + " has number " + Long.toUnsignedString(number));
    }
    return constant;
  }

  /** A UTF-8 string; bytes that are not UTF-8 are malformed. */
  String string() {
    int length = block(1);
    String text = new String(bytes, position, length, StandardCharsets.UTF_8);
    if (text.indexOf(REPLACEMENT) >= 0 && !isUtf8Of(text, length)) {
      throw malformed("not UTF-8");
    }
    position += length;
    return text;
  }

  /** The bytes of this field, a new array. */
  byte[] bytes() {
    int length = block(1);
    byte[] copy = new byte[length];
    System.arraycopy(bytes, position, copy, 0, length);
    position += length;
    return copy;
  }

  /**
   * The length in bytes of a block, a multiple of {@code unit}; its content must then be read with
   * {@link #blockWord}.
   */
  int block(int unit) {
    require(BYTES);
    int length = length();
    if (length % unit != 0) {
      throw malformed(length + " bytes are not a multiple of " + unit);
    }
    return length;
  }

  /** The next eight bytes of the block whose length {@link #block} returned. */
  long blockWord() {
    return fixed();
  }

  /** A reader of the message nested in this field. */
  WireReader message() {
    int length = block(1);
    WireReader nested = new WireReader(type, bytes, position, position + length, this);
    position += length;
    return nested;
  }

  /** A reader of a nested message without any field. */
  WireReader empty() {
    return new WireReader(type, bytes, position, position, this);
  }

  /** An error in the field just read. */
  MalformedEventException malformed(String problem) {
    return new MalformedEventException(type, path(), position, problem);
  }

  private String path() {
    String own = field == 0 ? "" : Integer.toString(field);
    if (outer == null) {
      return own;
    }
    return own.isEmpty() ? outer.path() : outer.path() + "." + own;
  }

  private boolean isUtf8Of(String text, int length) {
    byte[] again = text.getBytes(StandardCharsets.UTF_8);
    return Arrays.equals(again, 0, again.length, bytes, position, position + length);
  }

  private void require(int expected) {
    if (wireType != expected) {
      throw malformed("wire type " + wireType + " instead of " + expected);
    }
  }

  private int length() {
    long length = varint();
    if (length < 0 || length > limit - position) {
      throw malformed(
          Long.toUnsignedString(length) + " bytes announced, " + (limit - position) + " are left");
    }
    return (int) length;
  }

  private long fixed() {
    if (limit - position < Long.BYTES) {
      throw malformed("the payload ends within a word");
    }
    long value = (long) WireFormat.LONG.get(bytes, position);
    position += Long.BYTES;
    return value;
  }

  private long varint() {
    if (position < limit && bytes[position] >= 0) {
      return bytes[position++];
    }
    return longVarint();
  }

  private long longVarint() {
    long value = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      if (position == limit) {
        throw malformed("the payload ends within a number");
      }
      byte next = bytes[position++];
      value |= (long) (next & 0x7F) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw malformed("a number of more than 64 bits");
  }
}
