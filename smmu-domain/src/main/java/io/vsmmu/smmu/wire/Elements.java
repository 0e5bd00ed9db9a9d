package io.vsmmu.smmu.wire;

import java.util.ArrayList;
import java.util.List;

/** Lists that grow while a payload is read. */
final class Elements {

  private static final int FIRST_CAPACITY = 2;

  private Elements() {}

  /** Adds to a list that began as {@code List.of()}, which most lists stay. */
  static <T> List<T> plus(List<T> list, T element) {
    List<T> grown = list.isEmpty() ? new ArrayList<>(FIRST_CAPACITY) : list;
    grown.add(element);
    return grown;
  }
}
