package io.vsmmu.cli.argument;

import io.vsmmu.control.spelling.NearNames;
import java.util.Arrays;
import java.util.List;
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
    List<String> allowed = Arrays.stream(choices.getEnumConstants()).map(Object::toString).toList();
    throw new TypeConversionException(
        "'%s' is not allowed; allowed: %s%s"
            .formatted(text, String.join(", ", allowed), NearNames.question(text, allowed)));
  }
}
