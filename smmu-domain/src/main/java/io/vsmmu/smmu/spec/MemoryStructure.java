package io.vsmmu.smmu.spec;

import io.vsmmu.smmu.bits.FieldTable;
import java.nio.ByteBuffer;
import java.util.SequencedMap;

/**
 * A structure in guest memory: a fixed number of little-endian 64-bit words whose bits are fields
 * (IHI 0070, chapters 4, 5, 7 and 8). Any words are such a structure. Whether the SMMU accepts it
 * is not decided here.
 */
public sealed interface MemoryStructure
    permits CommandEntry, ContextDescriptor, EventRecord, PageRequest, StreamTableEntry {

  /** A new array of the words; the first one is at the lowest address. */
  long[] words();

  /**
   * The fields that the words have. Those of a command depend on its opcode, and those of an event
   * record on its number.
   */
  FieldTable fields();

  /** Every field by name, right-aligned, in the specification's order; unmodifiable. */
  default SequencedMap<String, Long> decoded() {
    return fields().decode(words());
  }

  /** A new array of the bytes, 8 for each word. */
  default byte[] toBytes() {
    return LittleEndian.bytes(words());
  }

  /** Writes the bytes at the position of {@code buffer}, whatever its order, and moves it on. */
  default void write(ByteBuffer buffer) {
    LittleEndian.write(buffer, words());
  }
}
