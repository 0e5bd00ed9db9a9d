package io.vsmmu.smmu.spec;

import io.vsmmu.smmu.bits.FieldTable;
import java.util.SequencedMap;

/**
 * A structure in guest memory: a fixed number of little-endian 64-bit words whose bits are fields
 * (IHI 0070, chapters 4, 5, 7 and 8). Any words are such a structure. Whether the SMMU accepts it
 * is not decided here.
 */
public sealed interface MemoryStructure
    permits CommandEntry, EventRecord, PageRequest, StreamTableEntry {

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
}
