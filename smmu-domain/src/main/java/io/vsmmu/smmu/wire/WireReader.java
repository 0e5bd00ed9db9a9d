package io.vsmmu.smmu.wire;

import static io.vsmmu.smmu.wire.WireFormat.BYTES;
import static io.vsmmu.smmu.wire.WireFormat.FIXED64;
import static io.vsmmu.smmu.wire.WireFormat.VARINT;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads tagged fields. Every length is checked against the bytes that are there before anything is
 * allocated; whatever does not fit is a {@link MalformedEventException}.
 */
final class WireReader {

  private static final char REPLACEMENT = '\uFFFD';

  private final byte[] bytes;
  private final int limit;
  private final String type;
  private final @Nullable WireReader outer;
  private int position;
  private int field;
  private int wireType;

  /** Reads a payload of the type named {@code type}. */
  WireReader(String type, byte[] bytes) {
    this(type, bytes, 0, bytes.length, null);
  }

  private WireReader(
      String type, byte[] bytes, int position, int limit, @Nullable WireReader outer) {
    this.type = type;
    this.bytes = bytes;
    this.position = position;
    this.limit = limit;
    this.outer = outer;
  }

  /** The payload's revision, 1..{@code newest}. */
  int revision(int newest) {
    long revision = varint();
    if (revision < 1 || revision > newest) {
      throw malformed("revision " + Long.toUnsignedString(revision) + ", known are 1.." + newest);
    }
    return (int) revision;
  }

  /** The payload's version, any value. */
  long version() {
    return varint();
  }

  /** Goes to the next field; false at the end. Its value must be read or skipped. */
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

  /** Number of the field that {@link #next} found. */
  int field() {
    return field;
  }

  /** Passes over a field that a later version added. */
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

  /** Any 64 bits. */
  long word() {
    if (wireType == FIXED64) {
      return fixed();
    }
    require(VARINT);
    return varint();
  }

  /** Any 32 bits. */
  int uint32() {
    long value = word();
    if (value >>> Integer.SIZE != 0) {
      throw malformed(Long.toUnsignedString(value) + " has more than 32 bits");
    }
    return (int) value;
  }

  /** A number of either sign. */
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

  boolean bool() {
    long value = word();
    if (value >>> 1 != 0) {
      throw malformed(Long.toUnsignedString(value) + " is neither true nor false");
    }
    return value == 1;
  }

  <E extends Enum<E>> E constant(WireEnum<E> table) {
    long number = word();
    E constant = table.constant(number);
    if (constant == null) {
      throw malformed("no " + table.name() + " has number " + Long.toUnsignedString(number));
    }
    return constant;
  }

  /** UTF-8. */
  String string() {
    int length = block(1);
    String text = new String(bytes, position, length, StandardCharsets.UTF_8);
    if (text.indexOf(REPLACEMENT) >= 0 && !isUtf8Of(text, length)) {
      throw malformed("not UTF-8");
    }
    position += length;
    return text;
  }

  byte[] bytes() {
    int length = block(1);
    byte[] copy = new byte[length];
    System.arraycopy(bytes, position, copy, 0, length);
    position += length;
    return copy;
  }

  /**
   * Length of a block of whole units of {@code unit} bytes each; what is in it is to be read with
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

  /** Eight bytes of the block that {@link #block} found. */
  long blockWord() {
    return fixed();
  }

  /** A reader of the nested message in this field. */
  WireReader message() {
    int length = block(1);
    WireReader nested = new WireReader(type, bytes, position, position + length, this);
    position += length;
    return nested;
  }

  /** What is wrong with the field just read. */
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
