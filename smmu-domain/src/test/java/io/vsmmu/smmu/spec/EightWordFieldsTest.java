package io.vsmmu.smmu.spec;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.smmu.bits.FieldTable;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;

/**
 * What holds for the fields of an STE and for those of a CD. The words in a subclass are written
 * out from the bit numbers of the specification, not from the field table.
 */
abstract class EightWordFieldsTest {

  private final FieldTable table;
  private final long[] allFields;

  /**
   * Tests the structure that has these fields.
   *
   * @param allFields for each word the bits that belong to a field
   */
  EightWordFieldsTest(FieldTable table, long[] allFields) {
    this.table = table;
    this.allFields = allFields.clone();
  }

  /** Checks that these bits of a word are this field, and no part of another one. */
  final void decodesAlone(String field, int word, String bits, String value) {
    long[] words = new long[8];
    words[word] = FieldRows.hex(bits);

    SequencedMap<String, Long> decoded = table.decode(words);

    assertThat(FieldRows.nonZero(decoded)).containsExactly(field);
    assertThat(decoded).containsEntry(field, FieldRows.hex(value));
  }

  @Test
  void every_bit_outside_the_specified_fields_is_res0() {
    for (int i = 0; i < 8; i++) {
      assertThat(table.reservedMask(i)).isEqualTo(~allFields[i]);
    }
    assertThat(table.reservedBitsSet(allFields)).isFalse();
  }

  @Test
  void all_zeros_decode_to_zero_fields_and_differ_from_all_ones_in_every_field() {
    long[] zeros = new long[8];
    SequencedMap<String, Long> decoded = table.decode(zeros);

    assertThat(decoded.values()).containsOnly(0L);
    assertThat(table.diff(zeros, allFields))
        .extracting(FieldTable.Difference::name)
        .containsExactlyElementsOf(decoded.keySet());
  }
}
