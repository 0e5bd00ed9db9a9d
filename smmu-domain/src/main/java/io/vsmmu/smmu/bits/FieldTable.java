package io.vsmmu.smmu.bits;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;

/**
 * The fields of a structure of one or more 64-bit words, in the order of the specification. Every
 * bit that no field claims is RES0. Immutable.
 */
public final class FieldTable {

  /**
   * A field and the word it lives in.
   *
   * @param word index of the 64-bit word, 0 is the one at the lowest address
   * @param bits name and position within that word
   */
  public record Field(int word, Bits bits) {

    /** The specification's name of the field. */
    public String name() {
      return bits.name();
    }

    /** The field's value in {@code words}, unsigned, right-aligned. */
    public long get(long... words) {
      return bits.get(words[word]);
    }
  }

  /**
   * A field that two word arrays disagree on.
   *
   * @param name the field, or {@code RES0[n]} for the reserved bits of word n
   * @param before value on the left, right-aligned (reserved bits stay where they are)
   * @param after value on the right, likewise
   */
  public record Difference(String name, long before, long after) {}

  private final List<Field> fields;
  private final long[] reserved;

  private FieldTable(List<Field> fields, long[] reserved) {
    this.fields = fields;
    this.reserved = reserved;
  }

  /** A table over {@code words} 64-bit words, still empty. */
  public static Builder words(int words) {
    return new Builder(words, 64);
  }

  /** The table of a single 64-bit word. */
  public static FieldTable of64(Bits... bits) {
    return new Builder(1, 64).word(0, bits).build();
  }

  /** The table of a 32-bit register, held in the low half of one word. */
  public static FieldTable of32(Bits... bits) {
    return new Builder(1, 32).word(0, bits).build();
  }

  /** All fields, in the order they were declared. */
  public List<Field> fields() {
    return fields;
  }

  /** The field of this name, if the table has one. */
  public Optional<Field> field(String name) {
    return fields.stream().filter(f -> f.name().equals(name)).findFirst();
  }

  /** The bits of word {@code word} that no field claims. */
  public long reservedMask(int word) {
    return reserved[word];
  }

  /** Whether any reserved bit is set. */
  public boolean reservedBitsSet(long... words) {
    requireWords(words);
    for (int i = 0; i < reserved.length; i++) {
      if ((words[i] & reserved[i]) != 0) {
        return true;
      }
    }
    return false;
  }

  /** Every field's value, unsigned and right-aligned, in declaration order; unmodifiable. */
  public SequencedMap<String, Long> decode(long... words) {
    requireWords(words);
    SequencedMap<String, Long> values = LinkedHashMap.newLinkedHashMap(fields.size());
    for (Field field : fields) {
      values.put(field.name(), field.get(words));
    }
    return Collections.unmodifiableSequencedMap(values);
  }

  /** The fields whose values differ, in declaration order, then the reserved bits that do. */
  public List<Difference> diff(long[] before, long[] after) {
    requireWords(before);
    requireWords(after);
    List<Difference> differences = new ArrayList<>();
    for (Field field : fields) {
      addIfDifferent(differences, field.name(), field.get(before), field.get(after));
    }
    for (int i = 0; i < reserved.length; i++) {
      addIfDifferent(
          differences, "RES0[" + i + "]", before[i] & reserved[i], after[i] & reserved[i]);
    }
    return List.copyOf(differences);
  }

  private static void addIfDifferent(
      List<Difference> differences, String name, long before, long after) {
    if (before != after) {
      differences.add(new Difference(name, before, after));
    }
  }

  private void requireWords(long[] words) {
    if (words.length != reserved.length) {
      throw new IllegalArgumentException(
          "%d words given, the table has %d".formatted(words.length, reserved.length));
    }
  }

  /** Collects the fields of a table; refuses overlaps and repeated names. */
  public static final class Builder {
    private final List<Field> fields = new ArrayList<>();
    private final Set<String> names = new HashSet<>();
    private final long[] free;

    private Builder(int words, int wordBits) {
      this.free = new long[words];
      Arrays.fill(free, -1L >>> (64 - wordBits));
    }

    /** Adds fields to word {@code word}, in the order given. */
    public Builder word(int word, Bits... bits) {
      for (Bits field : bits) {
        if ((free[word] & field.mask()) != field.mask()) {
          throw new IllegalArgumentException(field.name() + " overlaps another field");
        }
        if (!names.add(field.name())) {
          throw new IllegalArgumentException(field.name() + " is declared twice");
        }
        free[word] &= ~field.mask();
        fields.add(new Field(word, field));
      }
      return this;
    }

    public FieldTable build() {
      return new FieldTable(List.copyOf(fields), free.clone());
    }
  }
}
