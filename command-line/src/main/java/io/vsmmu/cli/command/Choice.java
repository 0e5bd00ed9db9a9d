package io.vsmmu.cli.command;

import io.vsmmu.problem.NearNames;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a constant of an enum as {@code toString} writes it; upper and lower case are the same. */
public final class Choice<E extends Enum<E>> implements ITypeConverter<E> {

  private final Class<E> choices;

  public Choice(Class<E> choices) {
    this.choices = choices;
  }

  @Override
  public E convert(String text) {
    for (E choice : choices.getEnumConstants()) {
      if (choice.toString().equalsIgnoreCase(text)) {
        return choice;
      }
    }
    List<String> allowed = Arrays.stream(choices.getEnumConstants()).map(Object::toString).toList();
    throw new TypeConversionException(
        "'%s' is not allowed; allowed: %s%s"
            .formatted(text, String.join(", ", allowed), NearNames.question(text, allowed)));
  }
}
