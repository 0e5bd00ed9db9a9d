package io.vsmmu.smmu.wire;

import java.util.ArrayList;
import java.util.List;

/** Lists that are built while a payload is read. */
final class Elements {

  private static final int FIRST_CAPACITY = 2;

  private Elements() {}

  /** The list with one more element; allocates only for the first, since most lists stay empty. */
  static <T> List<T> plus(List<T> list, T element) {
    List<T> grown = list.isEmpty() ? new ArrayList<>(FIRST_CAPACITY) : list;
    grown.add(element);
    return grown;
  }
}
