package io.vsmmu.rest.value;

import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.deser.jdk.StringDeserializer;

/**
 * Reads strings of JSON bodies, and refuses NUL, which no text in the database can hold, and halves
 * of surrogate pairs, which UTF-8 cannot encode. JSON can escape both.
 */
public final class PlainText extends StringDeserializer {

  @Override
  public String deserialize(JsonParser parser, DeserializationContext context) {
    String text = super.deserialize(parser, context);
    return text == null || isText(text)
        ? text
        : (String)
            context.handleWeirdStringValue(String.class, text, "NUL or half of a surrogate pair");
  }

  /** Whether it has neither NUL nor halves of surrogate pairs. */
  public static boolean isText(String string) {
    return string
        .codePoints()
        .noneMatch(c -> c == 0 || (Character.MIN_SURROGATE <= c && c <= Character.MAX_SURROGATE));
  }
}
