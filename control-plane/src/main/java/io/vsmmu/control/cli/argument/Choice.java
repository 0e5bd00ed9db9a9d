package io.vsmmu.control.cli.argument;

import java.util.Arrays;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a constant as it is written in the help, in any case. */
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
    String allowed =
        Arrays.stream(choices.getEnumConstants())
            .map(Object::toString)
            .collect(Collectors.joining(", "));
    throw new TypeConversionException("'%s' is not allowed; allowed: %s".formatted(text, allowed));
  }
}
