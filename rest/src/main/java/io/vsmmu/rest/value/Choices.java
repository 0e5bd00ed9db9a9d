package io.vsmmu.rest.value;

import io.vsmmu.control.spelling.NearNames;
import io.vsmmu.rest.problem.ProblemException;
import io.vsmmu.rest.problem.ProblemType;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Values of which there are only a few. */
public final class Choices {

  private Choices() {}

  /** A constant by its name in any case, with {@code -} or {@code _}. */
  public static <E extends Enum<E>> E of(String field, String text, Class<E> choices) {
    String wanted = text.toUpperCase(Locale.ROOT).replace('-', '_');
    for (E choice : choices.getEnumConstants()) {
      if (choice.name().equals(wanted)) {
        return choice;
      }
    }
    throw ProblemException.invalid(
        field, text, "one of " + names(choices) + NearNames.question(text, names(choices)));
  }

  /** As {@link #of}, with a value for null. */
  public static <E extends Enum<E>> E orElse(
      String field, @Nullable String text, Class<E> choices, E otherwise) {
    return text == null ? otherwise : of(field, text, choices);
  }

  /** A value that has to be there. */
  public static String required(String field, @Nullable String text, String allowed) {
    if (text == null) {
      throw ProblemException.of(ProblemType.MISSING_FIELD, field, null, allowed);
    }
    return text;
  }

  /** The names as requests write them. */
  public static <E extends Enum<E>> List<String> names(Class<E> choices) {
    return Arrays.stream(choices.getEnumConstants())
        .map(choice -> choice.name().toLowerCase(Locale.ROOT).replace('_', '-'))
        .toList();
  }
}
