package io.vsmmu.rest.value;

import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.deser.jdk.StringDeserializer;

/**
 * Strings of JSON bodies that are text: no NUL, which no text in the database can hold, and no half
 * of a surrogate pair, which UTF-8 does not have. JSON can escape both.
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
