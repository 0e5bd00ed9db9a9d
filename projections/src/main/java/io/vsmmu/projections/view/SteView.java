package io.vsmmu.projections.view;

import io.vsmmu.smmu.bits.FieldTable.Difference;
import io.vsmmu.smmu.bits.FieldTable.Field;
import io.vsmmu.smmu.spec.SteFields;
import io.vsmmu.smmu.spec.StreamTableEntry;
import io.vsmmu.smmu.stimulus.Completeness;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/** Shows a stream table entry by its words and by its fields, as far as they are known. */
public final class SteView {

  private static final int HOST_WORDS = 2;

  private SteView() {}

  /** The known words, formatted. */
  public static List<String> words(StreamTableEntry ste, Completeness completeness) {
    return Hex.words(knownWords(ste, completeness));
  }

  /** The known words: all eight, only words 0 and 1, or none. */
  public static long[] knownWords(StreamTableEntry ste, Completeness completeness) {
    return switch (completeness) {
      case FULL -> ste.words();
      case HOST_WORDS, CONFIGURATION_ONLY -> Arrays.copyOf(ste.words(), HOST_WORDS);
      case NOTHING -> new long[0];
    };
  }

  /** The known fields by name, in the order of the specification. */
  public static SequencedMap<String, Object> decoded(
      StreamTableEntry ste, Completeness completeness) {
    SequencedMap<String, Object> fields = new LinkedHashMap<>();
    for (Field field : SteFields.TABLE.fields()) {
      if (knows(completeness, field)) {
        fields.put(field.name(), Hex.field(field, ste.words()));
      }
    }
    return fields;
  }

  /**
   * The fields in which two STEs differ, as {@code field}, {@code before} and {@code after}. A
   * field that is unknown in one of them is left out.
   */
  public static List<SequencedMap<String, @Nullable Object>> changes(
      StreamTableEntry before,
      Completeness knownBefore,
      StreamTableEntry after,
      Completeness knownAfter) {
    return before.diff(after).stream()
        .filter(change -> knows(knownBefore, change) && knows(knownAfter, change))
        .map(change -> change(change, before, after))
        .toList();
  }

  private static boolean knows(Completeness completeness, Difference difference) {
    return SteFields.TABLE
        .field(difference.name())
        .map(field -> knows(completeness, field))
        .orElse(completeness == Completeness.FULL);
  }

  private static SequencedMap<String, @Nullable Object> change(
      Difference difference, StreamTableEntry before, StreamTableEntry after) {
    Optional<Field> field = SteFields.TABLE.field(difference.name());
    return new TreeBuilder()
        .put("field", difference.name())
        .put("before", value(field, difference.before(), before))
        .put("after", value(field, difference.after(), after))
        .build();
  }

  private static Object value(Optional<Field> field, long reserved, StreamTableEntry ste) {
    return field.isPresent() ? Hex.field(field.get(), ste.words()) : Hex.of(reserved);
  }

  /** Whether a field of an STE is known. */
  public static boolean knows(Completeness completeness, Field field) {
    return switch (completeness) {
      case FULL -> true;
      case HOST_WORDS -> hostReads(field);
      case CONFIGURATION_ONLY -> field.name().equals("V") || field.name().equals("Config");
      case NOTHING -> false;
    };
  }

  /**
   * Whether an incomplete recording, which holds what was passed to the host, contains the field.
   * That includes S1ContextPtr, although the kernel masks the address to bits 51:6.
   */
  private static boolean hostReads(Field field) {
    long mask = field.bits().mask();
    return switch (field.word()) {
      case 0 -> (StreamTableEntry.HOST_WORD0_MASK & mask) != 0;
      case 1 -> (StreamTableEntry.HOST_WORD1_MASK & mask) != 0;
      default -> false;
    };
  }
}
