package io.vsmmu.smmu.spec;

import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/** For the tests whose rows give a field, its bits as a hexadecimal number and its value. */
final class FieldRows {

  private FieldRows() {}

  /** The number of a cell such as {@code 0xffff000000000000}, unsigned. */
  static long hex(String cell) {
    return Long.parseUnsignedLong(cell.substring(2), 16);
  }

  /** The names of the fields that are not 0, in the order in which they are decoded. */
  static List<String> nonZero(SequencedMap<String, Long> decoded) {
    return decoded.entrySet().stream()
        .filter(field -> field.getValue() != 0)
        .map(Map.Entry::getKey)
        .toList();
  }
}
