package io.vsmmu.smmu.wire;

import java.util.Arrays;
import java.util.Objects;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/** The numbers by which payloads identify the constants of an enum, whatever their order. */
final class WireEnum<E extends Enum<E>> {

  private final String name;
  private final ToIntFunction<E> numbers;
  private final @Nullable Object[] byNumber;
  private final E[] constants;

  /**
   * The table of an enum.
   *
   * @param constants all constants
   * @param numbers a different number, 0 or above, for each; 0 is what an absent field means
   */
  WireEnum(String name, E[] constants, ToIntFunction<E> numbers) {
    this.name = name;
    this.numbers = numbers;
    this.constants = constants.clone();
    int most = Arrays.stream(constants).mapToInt(numbers).max().orElse(0);
    byNumber = new @Nullable Object[most + 1];
    for (int i = 0; i < constants.length; i++) {
      int number = numbers.applyAsInt(constants[i]);
      if (byNumber[number] != null) {
        throw new IllegalStateException(name + " has two constants with number " + number);
      }
      byNumber[number] = i;
    }
  }

  String name() {
    return name;
  }

  int number(E constant) {
    return numbers.applyAsInt(constant);
  }

  /** The constant with number 0, which is what an absent field means. */
  E first() {
    return Objects.requireNonNull(constant(0), name);
  }

  /** The constant with this number, or null. */
  @Nullable E constant(long number) {
    if (number < 0 || number >= byNumber.length) {
      return null;
    }
    Object index = byNumber[(int) number];
    return index == null ? null : constants[(Integer) index];
  }
}
