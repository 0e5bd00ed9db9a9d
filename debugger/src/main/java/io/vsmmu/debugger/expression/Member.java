package io.vsmmu.debugger.expression;

import io.vsmmu.projections.view.Hex;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A name of the language, below an owner of a known {@link Shape}. */
sealed interface Member {

  String name();

  /** What it means, for the documentation. */
  String meaning();

  /** Reads from an owner; null if the owner has no such value. */
  @FunctionalInterface
  interface Reader {
    @Nullable Object read(Moment moment, Object owner);
  }

  /** How numbers are shown. */
  enum Form {
    HEXADECIMAL,
    DECIMAL
  }

  /**
   * A plain value.
   *
   * @param form how it is shown, if it is a number
   * @param several whether it is a list of such values
   * @param grows whether the value of a vSMMU never decreases from one event to the next and is
   *     never absent
   * @param constants every text that it can have; empty if there are others
   * @param bits the fields of the number; null if it has none
   */
  record Value(
      String name,
      String meaning,
      ValueType type,
      Form form,
      boolean several,
      boolean grows,
      Set<String> constants,
      @Nullable Shape bits,
      Reader reader)
      implements Member {

    /** A value that was read, as {@code state} and {@code events} show it. */
    @Nullable Object shown(@Nullable Object value) {
      return switch (value) {
        case null -> null;
        case List<?> list -> list.stream().map(this::shown).toList();
        case Long number when type == ValueType.INSTANT ->
            Instant.EPOCH.plus(number, ChronoUnit.MICROS).toString();
        case Long number when form == Form.HEXADECIMAL -> Hex.of(number);
        default -> value;
      };
    }
  }

  /** A group of names. Its owner is what the reader gives. */
  record Part(String name, String meaning, Shape shape, Reader reader) implements Member {}

  /**
   * Items with keys, which are numbers.
   *
   * @param key name of the item's member that is its key
   * @param all gives the items, in the order of their keys
   * @param finder gives the item with a key, null if there is none
   */
  record Items(String name, String meaning, String key, Shape shape, All all, Finder finder)
      implements Member {

    @FunctionalInterface
    interface All {
      Collection<?> of(Moment moment, Object owner);
    }

    @FunctionalInterface
    interface Finder {
      @Nullable Object find(Moment moment, Object owner, long key);
    }
  }
}
