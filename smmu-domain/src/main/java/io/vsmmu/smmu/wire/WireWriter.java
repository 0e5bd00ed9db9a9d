package io.vsmmu.smmu.wire;

import static io.vsmmu.smmu.wire.WireFormat.BYTES;
import static io.vsmmu.smmu.wire.WireFormat.FIXED64;
import static io.vsmmu.smmu.wire.WireFormat.MAX_VARINT_BYTES;
import static io.vsmmu.smmu.wire.WireFormat.VARINT;
import static io.vsmmu.smmu.wire.WireFormat.VARINT_PAYS_BITS;
import static io.vsmmu.smmu.wire.WireFormat.WIRE_TYPE_BITS;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * A growing buffer of tagged fields, which one thread can reuse. Fields whose value is 0, false or
 * empty are not written, unless a method says so.
 */
public final class WireWriter {

  private static final int INITIAL_BYTES = 64;

  private byte[] buffer = new byte[INITIAL_BYTES];
  private int size;

  /** Empties the buffer without releasing its memory. */
  public void reset() {
    size = 0;
  }

  /** The number of bytes written since the last {@link #reset}. */
  public int size() {
    return size;
  }

  /** A copy of the bytes written since the last {@link #reset}. */
  public byte[] toBytes() {
    return Arrays.copyOf(buffer, size);
  }

  /** The first bytes of a payload. */
  void revision(int revision) {
    reserve(MAX_VARINT_BYTES);
    varint(revision);
  }

  /** Any 64 bits; unsigned values below 2^56 take as few bytes as they need, others eight. */
  void word(int field, long value) {
    if (value == 0) {
      return;
    }
    reserve(2 * MAX_VARINT_BYTES);
    if (value >>> VARINT_PAYS_BITS == 0) {
      key(field, VARINT);
      varint(value);
    } else {
      key(field, FIXED64);
      fixed(value);
    }
  }

  /** Writes 32 bits as an unsigned number. */
  void uint32(int field, int value) {
    word(field, Integer.toUnsignedLong(value));
  }

  /** A number of either sign, in the fewer bytes, the closer it is to 0. */
  void signed(int field, long value) {
    if (value == 0) {
      return;
    }
    reserve(2 * MAX_VARINT_BYTES);
    key(field, VARINT);
    varint((value << 1) ^ (value >> (Long.SIZE - 1)));
  }

  /** Writes 1 if the value is true, and nothing otherwise. */
  void bool(int field, boolean value) {
    word(field, value ? 1 : 0);
  }

  /** Writes the number that the table gives to {@code value}. */
  <E extends Enum<E>> void constant(int field, WireEnum<E> table, E value) {
    word(field, table.number(value));
  }

  /** UTF-8; a surrogate without its partner becomes a question mark. */
  void string(int field, String value) {
    if (!value.isEmpty()) {
      bytes(field, value.getBytes(StandardCharsets.UTF_8));
    }
  }

  /** UTF-8, each string as a field of its own, including empty ones. */
  void strings(int field, List<String> values) {
    for (String value : values) {
      bytes(field, value.getBytes(StandardCharsets.UTF_8));
    }
  }

  /** Bytes; written even if there are none. */
  void bytes(int field, byte[] value) {
    blockOf(field, value.length);
    System.arraycopy(value, 0, buffer, size, value.length);
    size += value.length;
  }

  /**
   * Begins a block, even an empty one, of {@code length} bytes, which {@link #blockWord} writes.
   */
  void blockOf(int field, int length) {
    reserve(2 * MAX_VARINT_BYTES + length);
    key(field, BYTES);
    varint(length);
  }

  /** Eight bytes of the block begun by {@link #blockOf}. */
  void blockWord(long value) {
    fixed(value);
  }

  /** A nested record, even if all of its fields are absent. */
  <T> void message(int field, Codec<T> codec, T value) {
    int start = begin(field);
    codec.write(this, value);
    end(start);
  }

  /** Begins a block whose length is not known yet; returns the argument of {@link #end}. */
  private int begin(int field) {
    reserve(2 * MAX_VARINT_BYTES);
    key(field, BYTES);
    return ++size;
  }

  /** Ends a block by inserting its length in front of it. */
  private void end(int start) {
    int length = size - start;
    int extra = varintBytes(length) - 1;
    if (extra > 0) {
      reserve(extra);
      System.arraycopy(buffer, start, buffer, start + extra, length);
    }
    size = start - 1;
    varint(length);
    size += length;
  }

  private void key(int field, int wireType) {
    varint(((long) field << WIRE_TYPE_BITS) | wireType);
  }

  private void varint(long value) {
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      buffer[size++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    buffer[size++] = (byte) rest;
  }

  private void fixed(long value) {
    WireFormat.LONG.set(buffer, size, value);
    size += Long.BYTES;
  }

  private static int varintBytes(int value) {
    return Math.max(1, (Integer.SIZE - Integer.numberOfLeadingZeros(value) + 6) / 7);
  }

  private void reserve(int more) {
    if (buffer.length - size < more) {
      buffer = Arrays.copyOf(buffer, Math.max(size + more, buffer.length * 2));
    }
  }
}
