package io.vsmmu.smmu.bits;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.ToIntFunction;

/**
 * Finds a constant of an enum by the number that the specification or the log's format gives it. A
 * lookup allocates nothing, because every command and every event of a log takes one. Immutable.
 */
public final class ByNumber<E extends Enum<E>> {

  private final List<Optional<E>> constants;

  /**
   * The table of an enum. It has a place for every number up to the largest.
   *
   * @param constants all constants
   * @param numbers a different number, 0 or above, for each
   * @throws IllegalArgumentException if two constants have the same number
   */
  public ByNumber(E[] constants, ToIntFunction<E> numbers) {
    List<Optional<E>> table = new ArrayList<>();
    for (E constant : constants) {
      int number = numbers.applyAsInt(constant);
      if (number >= table.size()) {
        table.addAll(Collections.nCopies(number + 1 - table.size(), Optional.empty()));
      }
      if (table.get(number).isPresent()) {
        throw new IllegalArgumentException(constant + " has the number of another constant");
      }
      table.set(number, Optional.of(constant));
    }
    this.constants = List.copyOf(table);
  }

  /** The constant with this number; empty if none has it, as with a negative number. */
  public Optional<E> get(int number) {
    return number >= 0 && number < constants.size() ? constants.get(number) : Optional.empty();
  }
}
