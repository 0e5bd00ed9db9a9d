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
import java.util.function.BiConsumer;

/**
 * A growing buffer of tagged fields, to be used again and again by one thread. Values that are
 * zero, false or empty are left out.
 */
public final class WireWriter {

  private static final int INITIAL_BYTES = 64;

  private byte[] buffer = new byte[INITIAL_BYTES];
  private int size;

  /** Forgets what was written; the buffer stays. */
  public void reset() {
    size = 0;
  }

  /** Bytes written since the last {@link #reset}. */
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

  /** Any 64 bits; small unsigned values are short. */
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

  /** Any 32 bits; small unsigned values are short. */
  void uint32(int field, int value) {
    word(field, Integer.toUnsignedLong(value));
  }

  /** A number; small ones of either sign are short. */
  void signed(int field, long value) {
    if (value == 0) {
      return;
    }
    reserve(2 * MAX_VARINT_BYTES);
    key(field, VARINT);
    varint((value << 1) ^ (value >> (Long.SIZE - 1)));
  }

  void bool(int field, boolean value) {
    word(field, value ? 1 : 0);
  }

  <E extends Enum<E>> void constant(int field, WireEnum<E> table, E value) {
    word(field, table.number(value));
  }

  /** UTF-8; a surrogate without its partner becomes a question mark. */
  void string(int field, String value) {
    if (!value.isEmpty()) {
      bytes(field, value.getBytes(StandardCharsets.UTF_8));
    }
  }

  /** Each string as a field of its own, empty ones too. */
  void strings(int field, List<String> values) {
    for (String value : values) {
      bytes(field, value.getBytes(StandardCharsets.UTF_8));
    }
  }

  /** Bytes, even if there are none. */
  void bytes(int field, byte[] value) {
    blockOf(field, value.length);
    System.arraycopy(value, 0, buffer, size, value.length);
    size += value.length;
  }

  /** Begins a block whose {@code length} bytes are written next by {@link #blockWord}. */
  void blockOf(int field, int length) {
    reserve(2 * MAX_VARINT_BYTES + length);
    key(field, BYTES);
    varint(length);
  }

  /** Eight bytes of the block begun by {@link #blockOf}. */
  void blockWord(long value) {
    fixed(value);
  }

  /** A nested message, even if it is empty. */
  <T> void message(int field, T value, BiConsumer<WireWriter, T> writer) {
    int start = begin(field);
    writer.accept(this, value);
    end(start);
  }

  /** Each value as a nested message of its own. */
  <T> void messages(int field, List<T> values, BiConsumer<WireWriter, T> writer) {
    for (T value : values) {
      message(field, value, writer);
    }
  }

  /** Begins a block of yet unknown length; what it returns goes to {@link #end}. */
  int begin(int field) {
    reserve(2 * MAX_VARINT_BYTES);
    key(field, BYTES);
    return ++size;
  }

  /** Ends a block: its length goes in front of it. */
  void end(int start) {
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
