package io.vsmmu.rest.value;

import io.vsmmu.problem.NearNames;
import io.vsmmu.rest.problem.MalformedValueException;
import io.vsmmu.rest.problem.ProblemException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Constants of an enum as requests and answers write them: in lower case, with {@code -}. */
public final class EnumNames {

  private EnumNames() {}

  /**
   * The constant with the name {@code text}, in any case, with {@code -} or {@code _}.
   *
   * @throws MalformedValueException if there is none
   */
  static <E extends Enum<E>> E parse(String text, Class<E> type) {
    return parse(text, type, of(type));
  }

  /**
   * As {@link #parse(String, Class)}, of an enum whose constants answers write by their own names.
   *
   * @throws MalformedValueException if there is none
   */
  static <E extends Enum<E>> E parseByName(String text, Class<E> type) {
    return parse(text, type, Arrays.stream(type.getEnumConstants()).map(Enum::name).toList());
  }

  private static <E extends Enum<E>> E parse(String text, Class<E> type, List<String> names) {
    String wanted = text.toUpperCase(Locale.ROOT).replace('-', '_');
    for (E constant : type.getEnumConstants()) {
      if (constant.name().equals(wanted)) {
        return constant;
      }
    }
    throw new MalformedValueException(text, "one of " + names + NearNames.question(text, names));
  }

  /** The constant that a field of a request's body names; {@code otherwise} if it is absent. */
  public static <E extends Enum<E>> E orElse(
      String field, @Nullable String text, Class<E> type, E otherwise) {
    try {
      return text == null ? otherwise : parse(text, type);
    } catch (MalformedValueException malformed) {
      throw ProblemException.invalid(field, malformed.given(), malformed.required());
    }
  }

  /** The names of all constants, in lower case and in their order. */
  public static <E extends Enum<E>> List<String> of(Class<E> type) {
    return Arrays.stream(type.getEnumConstants())
        .map(constant -> constant.name().toLowerCase(Locale.ROOT).replace('_', '-'))
        .toList();
  }
}
