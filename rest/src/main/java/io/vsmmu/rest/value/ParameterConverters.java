package io.vsmmu.rest.value;

import io.vsmmu.problem.NearNames;
import io.vsmmu.projections.lint.Rule;
import io.vsmmu.projections.lint.Severity;
import io.vsmmu.rest.problem.MalformedValueException;
import io.vsmmu.smmu.wire.EventKind;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.core.convert.TypeDescriptor;
import org.springframework.core.convert.converter.ConditionalGenericConverter;
import org.springframework.core.convert.converter.Converter;
import org.springframework.core.convert.converter.ConverterFactory;
import org.springframework.format.FormatterRegistry;

/**
 * The conversions of query parameters, headers and path variables. They are stricter than those of
 * Spring, which take {@code yes} for true and an empty text for an absent number: a value that is
 * not understood must not become another question. Each refuses a text with a {@link
 * MalformedValueException}.
 */
public final class ParameterConverters {

  private ParameterConverters() {}

  public static void addTo(FormatterRegistry registry) {
    registry.addConverter(new NumberConverter());
    registry.addConverterFactory(new EnumConverterFactory());
    registry.addConverter(String.class, Boolean.class, ParameterConverters::truth);
    registry.addConverter(String.class, EventKind.class, ParameterConverters::eventKind);
    registry.addConverter(
        String.class, Rule.class, text -> EnumNames.parseByName(text, Rule.class));
    registry.addConverter(
        String.class, Severity.class, text -> EnumNames.parseByName(text, Severity.class));
    registry.addConverter(String.class, Instant.class, LogPoints::instant);
    registry.addConverter(String.class, GivenPoint.class, LogPoints::parse);
    registry.addConverter(String.class, GivenPosition.class, LogPoints::position);
    registry.addConverter(String.class, UUID.class, ParameterConverters::uuid);
  }

  private static Boolean truth(String text) {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new MalformedValueException(text, "true or false");
    };
  }

  private static EventKind eventKind(String label) {
    return Arrays.stream(EventKind.values())
        .filter(kind -> kind.label().equals(label))
        .findFirst()
        .orElseThrow(() -> new MalformedValueException(label, kindsNear(label)));
  }

  /** All types of events, those first whose names resemble the given one. */
  public static String kindsNear(String label) {
    List<String> labels = Arrays.stream(EventKind.values()).map(EventKind::label).toList();
    return "one of " + NearNames.first(label, labels) + NearNames.question(label, labels);
  }

  /** {@link UUID#fromString} takes shortened forms such as 1-1-1-1-1 too. */
  private static UUID uuid(String text) {
    try {
      UUID uuid = UUID.fromString(text);
      if (uuid.toString().equalsIgnoreCase(text)) {
        return uuid;
      }
    } catch (IllegalArgumentException notAUuid) {
      throw new MalformedValueException(text, "a UUID, 36 characters with four hyphens");
    }
    throw new MalformedValueException(text, "a UUID, 36 characters with four hyphens");
  }

  /** Numbers that say by {@link Unsigned} or {@link WholeNumber} what they take. */
  private static final class NumberConverter implements ConditionalGenericConverter {

    @Override
    public Set<ConvertiblePair> getConvertibleTypes() {
      return Set.of(
          new ConvertiblePair(String.class, Integer.class),
          new ConvertiblePair(String.class, Long.class));
    }

    @Override
    public boolean matches(TypeDescriptor source, TypeDescriptor target) {
      return target.hasAnnotation(Unsigned.class) || target.hasAnnotation(WholeNumber.class);
    }

    @Override
    public @Nullable Object convert(
        @Nullable Object source, TypeDescriptor sourceType, TypeDescriptor target) {
      if (source == null) {
        return null;
      }
      String text = source.toString();
      Unsigned unsigned = target.getAnnotation(Unsigned.class);
      WholeNumber whole = target.getAnnotation(WholeNumber.class);
      boolean narrow = target.getObjectType() == Integer.class;
      if (unsigned != null) {
        long value = Numbers.unsigned(text, unsigned.bits());
        return narrow ? (Object) (int) value : (Object) value;
      }
      if (whole == null) {
        throw new IllegalStateException("matched without an annotation: " + target);
      }
      long last = narrow ? Math.min(whole.last(), Integer.MAX_VALUE) : whole.last();
      long value = Numbers.between(text, whole.first(), last);
      return narrow ? (Object) (int) value : (Object) value;
    }
  }

  /** Constants by their names in any case, with {@code -} or {@code _}. */
  @SuppressWarnings("rawtypes")
  private static final class EnumConverterFactory implements ConverterFactory<String, Enum> {

    @Override
    @SuppressWarnings("unchecked")
    public <T extends Enum> Converter<String, T> getConverter(Class<T> type) {
      return text -> (T) EnumNames.parse(text, (Class) type);
    }
  }
}
