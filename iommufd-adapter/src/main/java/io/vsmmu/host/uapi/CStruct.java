package io.vsmmu.host.uapi;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * The layout of a structure of C: the fields in the order of the header, with offsets and size by
 * C's rules for 64-bit machines (each field at a multiple of its width, the size a multiple of the
 * widest field). The byte order is that of the machine, which is little-endian on arm64 and x86-64.
 * Immutable.
 */
public final class CStruct {

  private final String name;
  private final List<Field> fields;
  private final long size;
  private final long alignment;

  private CStruct(String name, List<Field> fields) {
    this.name = name;
    this.fields = List.copyOf(fields);
    this.alignment = fields.stream().mapToInt(Field::width).max().orElse(1);
    this.size = up(fields.stream().mapToLong(Field::end).max().orElse(0), alignment);
  }

  /**
   * A field, or an array of equal elements.
   *
   * @param name as the header names it
   * @param offset bytes from the beginning of the structure
   * @param width bytes of one element: 1, 2, 4 or 8
   * @param count elements, 1 for a plain field
   */
  public record Field(String name, long offset, int width, int count) {

    /** The field's value in a structure, zero-extended. */
    public long get(MemorySegment struct) {
      return get(struct, 0);
    }

    /** The element at {@code index}, 0..count-1, unsigned. */
    public long get(MemorySegment struct, int index) {
      long at = offset + (long) index * width;
      return switch (width) {
        case Byte.BYTES -> Byte.toUnsignedLong(struct.get(ValueLayout.JAVA_BYTE, at));
        case Short.BYTES -> Short.toUnsignedLong(struct.get(ValueLayout.JAVA_SHORT, at));
        case Integer.BYTES -> Integer.toUnsignedLong(struct.get(ValueLayout.JAVA_INT, at));
        default -> struct.get(ValueLayout.JAVA_LONG, at);
      };
    }

    /** The value of a field of at most 32 bits, as the signed number of its bits. */
    public int getInt(MemorySegment struct) {
      return (int) get(struct, 0);
    }

    /** Sets the low bits of {@code value}. */
    public void set(MemorySegment struct, long value) {
      set(struct, 0, value);
    }

    /** Sets the element at {@code index}, 0..count-1. */
    public void set(MemorySegment struct, int index, long value) {
      long at = offset + (long) index * width;
      switch (width) {
        case Byte.BYTES -> struct.set(ValueLayout.JAVA_BYTE, at, (byte) value);
        case Short.BYTES -> struct.set(ValueLayout.JAVA_SHORT, at, (short) value);
        case Integer.BYTES -> struct.set(ValueLayout.JAVA_INT, at, (int) value);
        default -> struct.set(ValueLayout.JAVA_LONG, at, value);
      }
    }

    long end() {
      return offset + (long) width * count;
    }
  }

  /** Collects the fields in the order of the header. */
  static final class Builder {

    private final String name;
    private final List<Field> fields = new ArrayList<>();
    private long next;

    private Builder(String name) {
      this.name = name;
    }

    Field u8(String field) {
      return array(field, Byte.BYTES, 1);
    }

    Field u16(String field) {
      return array(field, Short.BYTES, 1);
    }

    Field u32(String field) {
      return array(field, Integer.BYTES, 1);
    }

    Field u64(String field) {
      return array(field, Long.BYTES, 1);
    }

    Field array(String field, int width, int count) {
      Field added = new Field(field, up(next, width), width, count);
      fields.add(added);
      next = added.end();
      return added;
    }

    /** Adds another name of a field, as a union has. */
    Field again(String field, Field same) {
      Field added = new Field(field, same.offset(), same.width(), same.count());
      fields.add(added);
      return added;
    }

    CStruct done() {
      return new CStruct(name, fields);
    }
  }

  static Builder named(String name) {
    return new Builder(name);
  }

  /** The name of the structure in the header, without {@code struct}. */
  public String name() {
    return name;
  }

  /** The fields in the order of their offsets. */
  public List<Field> fields() {
    return fields;
  }

  /** The structure's {@code sizeof} in C, in bytes. */
  public long size() {
    return size;
  }

  /** Zeroed memory for one structure. */
  MemorySegment allocate(Arena arena) {
    return arena.allocate(size, alignment);
  }

  /**
   * Memory for one structure, zeroed except for its first field, which holds the structure's size
   * as the requests of iommufd and vfio need it.
   */
  MemorySegment allocateSized(Arena arena) {
    MemorySegment struct = allocate(arena);
    fields.getFirst().set(struct, size);
    return struct;
  }

  /**
   * Zeroed memory for an array of structures; for a count of 0, one byte, so that it has an
   * address.
   */
  MemorySegment allocate(Arena arena, int count) {
    return arena.allocate(Math.max(1, size * count), alignment);
  }

  /** The structure at {@code index} of an array. */
  MemorySegment element(MemorySegment array, int index) {
    return array.asSlice(index * size, size);
  }

  private static long up(long offset, long width) {
    return (offset + width - 1) / width * width;
  }
}
